"""Conversations: WhatsApp, Slack, Telegram, and transcripts of calls."""

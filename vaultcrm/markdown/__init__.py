"""One Markdown file as text: front matter, properties, links, callouts and tasks. Knows nothing about clients."""

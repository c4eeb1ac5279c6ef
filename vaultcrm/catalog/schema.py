"""The tables of the catalogue, and the version of their schema."""

# Part of the file name, so that another version of vaultcrm builds its own cache.
SCHEMA = 20

TABLES = """
CREATE TABLE folders (
    path TEXT PRIMARY KEY, fingerprint BLOB NOT NULL, error TEXT NOT NULL, mtime_ns INTEGER, ctime_ns INTEGER, inode INTEGER
) WITHOUT ROWID;
CREATE TABLE scan_state (id INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, folder TEXT NOT NULL, mtime_ns INTEGER, ctime_ns INTEGER, size INTEGER, inode INTEGER, digest BLOB
) WITHOUT ROWID;
CREATE TABLE notes (
    path TEXT PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL, type TEXT, client TEXT, at TEXT,
    aliases TEXT NOT NULL, properties TEXT NOT NULL, excerpt TEXT NOT NULL, body_digest BLOB NOT NULL,
    id TEXT NOT NULL, talk INTEGER NOT NULL, contact TEXT
) WITHOUT ROWID;
CREATE TABLE follow_ups (
    id TEXT, path TEXT, line INTEGER, kind TEXT, text TEXT, status TEXT, due TEXT, scheduled TEXT, priority TEXT,
    recurrence TEXT, recurrence_anchor TEXT, project TEXT, since TEXT, completed TEXT, key TEXT, depends TEXT, client TEXT,
    links TEXT
);
CREATE TABLE decisions (
    id TEXT, path TEXT, line INTEGER, text TEXT, "on" TEXT, status TEXT, topic TEXT, "by" TEXT, via TEXT, project TEXT,
    supersedes TEXT, kind TEXT, valid_until TEXT, origin TEXT, client TEXT, links TEXT
);
CREATE TABLE points (id TEXT, path TEXT, line INTEGER, kind TEXT, text TEXT, "on" TEXT, form TEXT, client TEXT, links TEXT);
CREATE TABLE problems (path TEXT, line INTEGER, code TEXT, message TEXT);
CREATE TABLE links (
    path TEXT, number INTEGER, line INTEGER, kind TEXT, key TEXT, target TEXT, name TEXT, PRIMARY KEY (path, number)
) WITHOUT ROWID;
CREATE TABLE turns (
    path TEXT, at TEXT, channel TEXT, direction TEXT, people TEXT, thread TEXT, subject TEXT, wants TEXT,
    is_settled INTEGER, project TEXT, is_bare INTEGER, type TEXT, client TEXT, PRIMARY KEY (at, path)
) WITHOUT ROWID;
CREATE TABLE said (
    digest BLOB, number INTEGER, kind TEXT, line INTEGER, speaker TEXT, is_third_person INTEGER, text TEXT, "when" TEXT,
    PRIMARY KEY (digest, number)
) WITHOUT ROWID;
CREATE TABLE ledger_days (name TEXT, kind TEXT, day TEXT, PRIMARY KEY (name, kind)) WITHOUT ROWID;
CREATE TABLE task_settings_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE index_queue (path TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE index_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE INDEX files_folder ON files (folder);
CREATE INDEX files_unsettled ON files (size) WHERE size < 0;
CREATE INDEX notes_name ON notes (name);
CREATE INDEX notes_id ON notes (id);
CREATE INDEX notes_type ON notes (type);
CREATE INDEX notes_contact ON notes (folder, client, type, contact) WHERE contact IS NOT NULL;
CREATE INDEX notes_client ON notes (client) WHERE client IS NOT NULL;
CREATE INDEX follow_ups_status ON follow_ups (status, due);
CREATE INDEX follow_ups_path ON follow_ups (path);
CREATE INDEX follow_ups_id ON follow_ups (id);
CREATE INDEX decisions_id ON decisions (id);
CREATE INDEX points_id ON points (id);
CREATE INDEX decisions_path ON decisions (path);
CREATE INDEX points_path ON points (path);
CREATE INDEX problems_path ON problems (path);
CREATE INDEX turns_path ON turns (path);
CREATE INDEX turns_thread ON turns (thread) WHERE thread IS NOT NULL;
CREATE INDEX turns_bare ON turns (at) WHERE is_bare;
CREATE INDEX links_name ON links (name);
"""

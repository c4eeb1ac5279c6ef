"""Which settings of a repository that somebody else has made would run a program, or send the work elsewhere.

A clone carries no settings; a folder that was received as it is does. The user's own settings, outside the folder, are trusted.
What is not known to be harmless is refused: git learns new settings, and other programs keep theirs beside git's.
"""

import re
from collections.abc import Iterable

# Keys as git lists them: section and name in small letters. "*" stands for every name.
_HARMLESS = {
    "advice": "*",
    "am": "keepcr threeway",
    "apply": "ignorewhitespace whitespace",
    "author": "email name",
    "blame": "blankboundary coloring date ignorerevsfile markignoredlines markunblamablelines showemail showroot",
    "branch": "autosetupmerge autosetuprebase sort",
    "checkout": "defaultremote guess thresholdforparallelism workers",
    "color": "*",
    "column": "*",
    "clean": "requireforce",
    "commit": "cleanup gpgsign status verbose",
    "committer": "email name",
    "core": "abbrev attributesfile autocrlf bare bigfilethreshold checkroundtripencoding checkstat commentchar commentstring commitgraph"
    " compression createobject deltabasecachelimit eol excludesfile filemode filesreflocktimeout fscache fsmonitorhookversion fsync"
    " fsyncmethod fsyncobjectfiles hidedotfiles ignorecase ignorestat logallrefupdates longpaths loosecompression multipackindex notesref"
    " packedgitlimit packedgitwindowsize packedrefstimeout precomposeunicode prefersymlinkrefs preloadindex quotepath"
    " repositoryformatversion safecrlf sharedrepository sparsecheckout sparsecheckoutcone splitindex symlinks trustctime untrackedcache"
    " usereplacerefs warnambiguousrefs whitespace",
    "credential": "usehttppath username",
    "diff": "algorithm autorefreshindex colormoved colormovedws context dirstat ignoresubmodules indentheuristic interhunkcontext"
    " mnemonicprefix noprefix orderfile relative renamelimit renames statgraphwidth submodule suppressblankempty wordregex"
    " wserrorhighlight",
    "extensions": "compatobjectformat noop objectformat preciousobjects refstorage relativeworktrees worktreeconfig",
    "feature": "experimental manyfiles",
    "fetch": "fsckobjects negotiationalgorithm output parallel prune prunetags recursesubmodules showforcedupdates unpacklimit"
    " writecommitgraph",
    "format": "pretty",
    "gc": "aggressivedepth aggressivewindow auto autodetach autopacklimit bigpackthreshold cruftpacks logexpiry packrefs pruneexpire"
    " reflogexpire reflogexpireunreachable rerereresolved rerereunresolved worktreepruneexpire writecommitgraph",
    "gitflow": "*",
    "gpg": "format mintrustlevel",
    "grep": "column extendedregexp linenumber patterntype threads",
    "gui": "*",
    "http": "corsproxy extraheader lowspeedlimit lowspeedtime maxrequests minsessions postbuffer useragent version",
    "i18n": "commitencoding logoutputencoding",
    "index": "recordendofindexentries recordoffsettable skiphash sparse threads version",
    "init": "defaultbranch",
    "lfs": "repositoryformatversion",
    "log": "abbrevcommit date decorate follow mailmap showroot",
    "maintenance": "auto strategy",
    "merge": "autostash branchdesc conflictstyle defaulttoupstream directoryrenames ff log renamelimit renames renormalize stat verbosity",
    "notes": "displayref mergestrategy rewritemode rewriteref",
    "pack": "*",
    "protocol": "version",
    "pull": "ff rebase",
    "push": "autosetupremote default followtags negotiate pushoption recursesubmodules useforceifincludes",
    "rebase": "abbreviatecommands autosquash autostash backend forkpoint missingcommitscheck stat updaterefs",
    "receive": "advertiseatomic advertisepushoptions autogc denycurrentbranch denydeletecurrent denydeletes denynonfastforwards"
    " fsckobjects hiderefs keepalive maxinputsize shallowupdate unpacklimit updateserverinfo",
    "remote": "pushdefault",
    "repack": "packkeptobjects usedeltabaseoffset usedeltaislands writebitmaps",
    "rerere": "enabled",
    "ssh": "variant",
    "stash": "showincludeuntracked showpatch showstat",
    "status": "*",
    "submodule": "active fetchjobs propagatebranches recurse",
    "tag": "forcesignannotated gpgsign sort",
    "transfer": "advertisesid credentialsinurl fsckobjects hiderefs unpacklimit",
    "user": "email name signingkey useconfigonly",
    "versionsort": "*",
    "worktree": "guessremote userelativepaths",
}
# The same of keys that are about something by name, like one branch or one remote.
_HARMLESS_IN_SUBSECTION = {
    "branch": "description merge pushremote rebase remote gh-merge-base github-pr-base-branch github-pr-owner-number vscode-merge-base",
    "color": "*",
    "credential": "usehttppath username",
    "diff": "algorithm binary wordregex xfuncname",
    "gc": "reflogexpire reflogexpireunreachable",
    "gitflow": "*",
    "gui": "*",
    "http": "extraheader lowspeedlimit lowspeedtime maxrequests minsessions postbuffer useragent version",
    "lfs": "access locksverify",  # what Git LFS notes of a server
    "maintenance": "auto enabled schedule",
    "merge": "name",
    "remote": "fetch followremotehead gh-resolved mirror prune prunetags push skipdefaultupdate skipfetchall tagopt",
    "submodule": "active branch fetchrecursesubmodules ignore url",
}
_BUILT_IN = ("", "true", "false", "yes", "no", "on", "off", "1", "0")
_UPDATES = ("checkout", "rebase", "merge", "none")


def unsafe_keys(settings: Iterable[tuple[str, str]], driver: str, allowed: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The keys of those settings that are not to be trusted, in their order. `driver` is our own merge driver as we write it."""
    harmless = {("merge.vaultcrm.driver", driver), *allowed}
    return list(dict.fromkeys(key for key, value in settings if (key, value) not in harmless and not _is_harmless(key, value)))


def _is_harmless(key: str, raw_value: str) -> bool:
    value = raw_value.strip()
    section, _, rest = key.partition(".")
    _, dot, name = rest.rpartition(".")
    if key == "core.fsmonitor":  # git's own monitor, or none
        return value.lower() in _BUILT_IN
    if section == "remote" and dot and name in ("url", "pushurl"):
        return not value.startswith("-") and not re.match(r"[A-Za-z0-9+.-]*::", value) and not re.search(r"[\0-\x1f\x7f]", raw_value)
    if section == "submodule" and dot and name == "update":
        return value in _UPDATES
    if section == "alias":  # it has no effect on a command that is git's own
        return not value.startswith("!")
    known = (_HARMLESS_IN_SUBSECTION if dot else _HARMLESS).get(section, "")
    return known == "*" or name in known.split()


def parse_config_list(listed: bytes) -> list[tuple[str, str]]:
    """What `git config --list -z` prints, as pairs."""
    pairs = (part.partition("\n") for part in listed.decode("utf-8", "replace").split("\0")[:-1])
    return [(key, value) for key, _, value in pairs]

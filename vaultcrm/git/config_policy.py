"""Which settings of an untrusted repository could run a program or send the notes elsewhere.

A clone carries no settings, but a copied folder does. The user's own settings, outside the folder, are trusted.
A setting that is not known to be harmless is refused, because Git gets new settings and other programs add theirs to it.
"""

import re
from collections.abc import Iterable

# Keys as Git lists them: section and name in lower case. "*" means every name.
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
    "extensions": "compatobjectformat noop objectformat partialclone preciousobjects refstorage relativeworktrees worktreeconfig",
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
    "uploadpack": "allowanysha1inwant allowfilter allowreachablesha1inwant allowrefinwant allowtipsha1inwant hiderefs keepalive",
    "user": "email name signingkey useconfigonly",
    "versionsort": "*",
    "worktree": "guessremote userelativepaths",
}
# The same for keys with a subsection, such as the name of a branch or a remote.
_HARMLESS_IN_SUBSECTION = {
    "branch": "description merge pushremote rebase remote gh-merge-base github-pr-base-branch github-pr-owner-number vscode-merge-base",
    "color": "*",
    "credential": "usehttppath username",
    "diff": "algorithm binary wordregex xfuncname",
    "gc": "reflogexpire reflogexpireunreachable",
    "gitflow": "*",
    "gui": "*",
    "http": "extraheader lowspeedlimit lowspeedtime maxrequests minsessions postbuffer useragent version",
    "lfs": "access locksverify",  # what Git LFS records about a server
    "maintenance": "auto enabled schedule",
    "merge": "name",
    "remote": "fetch followremotehead gh-resolved mirror partialclonefilter promisor prune prunetags push skipdefaultupdate skipfetchall"
    " tagopt",
    "submodule": "active branch fetchrecursesubmodules ignore url",
}
_BUILT_IN = ("", "true", "false", "yes", "no", "on", "off", "1", "0")
_UPDATES = ("checkout", "rebase", "merge", "none")


def unsafe_keys(settings: Iterable[tuple[str, str]], driver: str, allowed: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The keys of the settings that could do harm, in their order and without duplicates.

    `driver` is the command of vaultcrm's own merge driver, which is harmless, as are the `allowed` settings.
    """
    harmless = {("merge.vaultcrm.driver", driver), *allowed}
    return list(dict.fromkeys(key for key, value in settings if (key, value) not in harmless and not _is_harmless(key, value)))


def _is_harmless(key: str, raw_value: str) -> bool:
    value = raw_value.strip()
    section, _, rest = key.partition(".")
    _, dot, name = rest.rpartition(".")
    if key == "core.fsmonitor":  # Git's built-in monitor, or none
        return value.lower() in _BUILT_IN
    if section == "remote" and dot and name in ("url", "pushurl"):
        return not value.startswith("-") and not re.match(r"[A-Za-z0-9+.-]*::", value) and not re.search(r"[\0-\x1f\x7f]", raw_value)
    if section == "submodule" and dot and name == "update":
        return value in _UPDATES
    if section == "alias":  # an alias can't replace one of Git's own commands
        return not value.startswith("!")
    names = (_HARMLESS_IN_SUBSECTION if dot else _HARMLESS).get(section, "")
    return names == "*" or name in names.split()


def promisor_remotes(settings: Iterable[tuple[str, str]]) -> list[str]:
    """The remotes from which a partial clone fetches the files that it doesn't have."""
    names = []
    for key, value in settings:
        section, _, rest = key.partition(".")
        name, _, setting = rest.rpartition(".")
        if section == "remote" and setting in ("promisor", "partialclonefilter"):
            names.append(name)
        elif key == "extensions.partialclone":
            names.append(value)
    return list(dict.fromkeys(filter(None, names)))


def parse_config_list(output: bytes) -> list[tuple[str, str]]:
    """The output of `git config --list -z` as pairs of key and value. A key without a value has an empty one."""
    pairs = (part.partition("\n") for part in output.decode("utf-8", "replace").split("\0")[:-1])
    return [(key, value) for key, _, value in pairs]

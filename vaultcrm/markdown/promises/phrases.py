"""Find the promise in a sentence, in any of seven languages, unless it is only an offer, a denial or a question."""

import re
from functools import cache
from typing import NamedTuple

from vaultcrm.markdown.promises.english import ENGLISH
from vaultcrm.markdown.promises.german_dutch import DUTCH, GERMAN
from vaultcrm.markdown.promises.language import Language
from vaultcrm.markdown.promises.romance import FRENCH, ITALIAN, PORTUGUESE, SPANISH


class Phrase(NamedTuple):
    """A promise in a sentence: where what is promised begins in the folded text, of which kind it is, and whose.

    `kind` is "send", "reply", "call" or "do". `is_third_person`: of somebody whom the sentence names, "Dana will send".
    """

    start: int
    kind: str
    is_third_person: bool = False


Languages = tuple[Language, ...]
_LANGUAGES: Languages = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH, PORTUGUESE)

# What makes no promise of a sentence: what stands before the phrase, in it, or anywhere
_BEFORE = re.compile(
    r"\b(?:if|unless|in case|should you|provided|once you|when you|as soon as you|wenn|falls|sobald (?:du|sie|ihr)|sofern|ob|si|sobald|"
    r"des que vous|quand (?:vous|tu)|cuando|en cuanto|se|appena|quando|als|zodra|indien|caso|assim que|"
    r"let me know|tell me|contact (?:me|us)|please|drop me|send me|email me|write (?:me|to me)|give me|ask me|"
    r"maybe|perhaps|hopefully|i (?:think|guess|suppose|hope|wish|doubt|wonder|assume|believe)|we hope|not sure|don't think|doubt|"
    r"vielleicht|eventuell|hoffentlich|ich (?:glaube|denke|hoffe|weiss nicht)|bitte|peut-etre|j'espere|quiza|quizas|tal vez|espero|"
    r"forse|spero|magari|misschien|hopelijk|talvez|one day|some day|someday|irgendwann|"
    r"whether|either|he|she|they|(?:he|she|they) (?:said|says|wrote|told))\b[^.;:!]*$"
)
_RELATIVE = re.compile(
    r"\b(?:which|that|who|where|when|as|than|how|what|why|whether|until|before|if|so that|die|der|das|dass|was|wie|warum|que|che|qui|"
    r"dont|dat|wat)$"
)
_NOT_BEHIND = re.compile(
    r"^[^,;]{0,40}\b(?:not|never|nicht|kein|keine|pas|jamais|niet|geen|nao|nunca)\b|"
    r"(?<!check )(?<!see )(?<!ask )(?<!test )(?<!out )(?<!verify )(?<!confirm )\bif\b|\b(?:unless|in case|"
    r"wenn (?:du|sie|ihr|etwas|ich etwas)|falls|si vous|si tu|si (?:quieres|quiere|necesitas|hay|lo)|se (?:vuoi|volete|serve|ci|quiser|"
    r"precisar|houver)|als (?:je|u|er)|indien|"
    r"below|inline|separate (?:thread|mail|email|message)|in (?:this|the) (?:course|seminar|talk|workshop|webinar|following))\b"
)
_HERE = re.compile(
    r"\b(?:attached|attachment|enclosed|herewith|hereby|here is|here are|here's|anbei|im anhang|angehangt|beigefugt|beiliegend|hiermit|"
    r"ci-joint|ci-jointe|en piece jointe|en pj|"
    r"ci-dessous|adjunto|adjunta|adjuntos|allegato|allegata|in allegato|bijgevoegd|in de bijlage|bijgaand|hierbij|em anexo|segue em|"
    r"anexo)\b"
)
_KINDS = (
    ("do", r"have (?:a|another) |take (?:a|another|care)|put together|prepare|draft"),
    ("call", r"call|ring|phone|bell|buzz|ruf|anruf|zuruck ?ruf|appell|rappell|telephon|llam|chiam|richiam|bel(?:len)?\b|bel ik|terugbel|"
             r"lig(?:o|ar)"),
    ("reply", r"get back|get in touch|come back|reply|respond|let \w+ know|keep you|report|in touch|hear|follow up|bescheid|meld|antwort|"
              r"auf dem laufenden|informier|"
              r"revien|revenons|revenir|tien|courant|repond|recontact|donner|avis|dig[oa]|dire\b|respond|contest|en contacto|sapere|"
              r"sentire|vivo|aggiorn|rispond|"
              r"weten|kom\b|kom ik|terugkomen|op de hoogte|reageer|contact|retorn|noticias|dou\b|darei|direi"),
    ("send", r"send|forward|mail|shar|submit|upload|deliver|provide|supply|hand|drop|pass|post|publish|have\b|get\b|receiv|owe|give|"
             r"schick|send|zukommen|reich|liefer|"
             r"leit|lad|bekomm|erhalt|hast|envoy|envoi|enverr|parvenir|transm|adress|fourn|livr|remet|recev|aur|envi|mand|pas[oa]|remit|"
             r"llegar|entreg|recib|tendr|invi|spedi|"
             r"gir[oe]|inoltr|avere|consegn|ricev|avra|stu+r|lever|krijg|ontvang|encaminh|receb|tera"),
)  # fmt: skip
_THEN_REPLY = re.compile(r"\band (?:then )?(?:(?:let|tell) you(?: know)?|(?:get|come|report) back)\b")


def languages_of(text: str) -> Languages:
    """What to look for in a text: the phrases of the languages that it may be written in."""
    padded = f" {' '.join(text.lower().split())} "
    return tuple(language for language in _LANGUAGES if any(mark in padded for mark in language.marks))


def may_promise(folded: str, languages: Languages, of_others: bool) -> bool:
    """Whether a folded text may promise something. Much faster than `find_promise`."""
    text = f". {folded} "
    if any(hint in text for language in languages for hint in language.hints):
        return True
    return of_others and any(_compiled(language.others).search(folded) for language in languages)


def find_promise(sentence: str, languages: Languages, of_others: bool) -> Phrase | None:
    """The first promise in a folded sentence; None for none: an offer on a condition, a denial, a question, or what comes with it.

    With `of_others`, also what the sentence says that somebody else will do.
    """
    for language in languages:
        for pattern in (language.promise, language.others) if of_others else (language.promise,):
            for found in _compiled(pattern).finditer(sentence):
                name = next(name for name, text in found.groupdict().items() if text is not None)
                if _is_promise(sentence, found, found.start(name)):
                    return Phrase(found.start(name), _kind(found[name], sentence[found.end() :]), pattern == language.others)
    return None


def says_done(folded: str, languages: Languages) -> bool:
    """Whether a folded text says that something is done, or comes with it: "attached", "here is", "as promised"."""
    return any(_compiled(language.done).search(folded) for language in languages)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _kind_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS))


def _kind(words: str, behind: str) -> str:
    """The kind of a promise: a call or an answer that follows counts more than what is done for it: "check it and let you know"."""
    found = _kind_pattern().search(words)
    kind = (found.lastgroup if found else None) or "do"
    return "reply" if kind == "do" and _THEN_REPLY.search(behind) else kind


def _is_promise(sentence: str, found: re.Match[str], start: int) -> bool:
    before, behind = sentence[: found.start()], sentence[start:]
    if (sentence.endswith("?") and "," not in behind) or _HERE.search(sentence):
        return False
    return not (
        _BEFORE.search(before) or _RELATIVE.search(before.rstrip()) or _NOT_BEHIND.search(re.split("[.:;] ", behind, maxsplit=1)[0])
    )

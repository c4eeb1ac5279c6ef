"""What WhatsApp itself writes into a message, in the phone's language: files, media left out, edited, deleted."""

import re

MARK = "\u200e"  # iOS writes it before words of its own


def _any_of(phrases: str) -> str:
    return "|".join(re.escape(" ".join(phrase.split())) for phrase in phrases.split("|"))


# <attached: 00000001-PHOTO-2019-06-20-16-00-15.jpg>, on iOS
_ATTACHED = re.compile(r"<[^:<>\n]{2,24}\s?:\s([^<>:\n]{1,250}\.\w{1,8})>")
# IMG-20250328-WA0014.jpg (file attached), on Android
_FILE_ATTACHED = re.compile(
    rf"""{MARK}?([^<>()\n]{{1,250}}\.\w{{1,8}})\ \((?:{
        _any_of(
            '''file attached | datei angehängt | archivo adjunto | fichier joint | file allegato | arquivo anexado | ficheiro anexado
            | bestand bijgevoegd | plik załączony | файл добавлен | dosya ekli | fil bifogad | fil vedlagt | fil vedhæftet
            | tiedosto liitetty | 附件 | 첨부파일 | ファイル添付'''
        )
    })\)""",
    re.IGNORECASE | re.VERBOSE,
)
_OMITTED = re.compile(
    rf"""<(?:{
        _any_of(
            '''media omitted | medien ausgeschlossen | multimedia omitido | archivo omitido | médias omis | media omessi | mídia oculta
            | multimédia oculto | media weggelaten | pominięto multimedia | без медиафайлов | medya dahil edilmedi | media utelämnat'''
        )
    })>"""
    rf"|{MARK}[\w ]{{2,30}} (?:omitted|weggelassen|ausgelassen|omitid[oa]|omis|omise|omess[oa]|ocultad[oa]|weggelaten)",
    re.IGNORECASE,
)
_EDITED = re.compile(
    rf"""\s?{MARK}?<(?:{
        _any_of(
            '''This message was edited | Diese Nachricht wurde bearbeitet | Se editó este mensaje. | Se editó este mensaje
            | Ce message a été modifié | Questo messaggio è stato modificato | Mensagem editada | Dit bericht is bewerkt'''
        )
    })>$"""
)
_DELETED = re.compile(
    rf"""{MARK}?(?:{
        _any_of(
            '''This message was deleted | You deleted this message | Diese Nachricht wurde gelöscht | Du hast diese Nachricht gelöscht
            | Se eliminó este mensaje | Eliminaste este mensaje | Ce message a été supprimé | Vous avez supprimé ce message
            | Questo messaggio è stato eliminato | Hai eliminato questo messaggio | Mensagem apagada | Você apagou esta mensagem
            | Dit bericht is verwijderd | U hebt dit bericht verwijderd'''
        )
    })\.?"""
)
_ENCRYPTED = re.compile(
    _any_of("end-to-end | ende-zu-ende | de bout en bout | extremo a extremo | de ponta a ponta | сквозным шифрованием | uçtan uca"),
    re.IGNORECASE,
)


def attached_file(text: str) -> tuple[str, str] | None:
    """The name of the file that came with a message, and the words beside it; None without a file."""
    if (found := _ATTACHED.search(text) or _FILE_ATTACHED.match(text)) is None:
        return None
    return found[1].strip(MARK + " "), text.replace(found[0], "", 1).strip(MARK + " \n")


def omitted_media(text: str) -> tuple[str, str] | None:
    """How a message says that media were left out of the export, and the words beside it; None if it doesn't."""
    if (found := _OMITTED.match(text)) is None:
        return None
    return found[0].strip(MARK + "<>"), text[found.end() :].strip()


def without_edit_mark(text: str) -> str:
    """The text without the remark that it was edited."""
    return _EDITED.sub("", text)


def is_deleted(text: str) -> bool:
    """Whether a message only says that it was deleted."""
    return _DELETED.fullmatch(text) is not None


def is_about_encryption(text: str) -> bool:
    """Whether a message is the one that every chat begins with: that messages are encrypted."""
    return text.startswith(MARK) and _ENCRYPTED.search(text) is not None

"""Whether a message calls for an answer: it asks for something, or it only thanks, agrees or announces that nobody is there.

The words are those of people and of mail and calendar programs in some twenty languages, without case and accents.
"""

import re
from functools import cache

from vaultcrm.markdown.prose.mail_phrases import is_name_line, is_polite_phrase, salutation_end
from vaultcrm.normalize import fold

_MOST_ASKED = 8_000  # characters of a text in which something asked is looked for
_MOST_POLITE = 200  # characters of a text that only thanks
_QUESTION = re.compile(r"[?\uff1f\u061f][!?)\"'»”’*_]*(?=\s|$)|(?<=[\u3000-\uffef])[?\uff1f]")
# What asks without a question mark. Each stands at the beginning of a word
_REQUESTS = (
    "please/pls/let me know/let us know/could you/can you/would you/will you be able/any update/any news/waiting for your/"
    "waiting to hear/looking forward to your/looking forward to hearing/get back to me/get back to us/kindly/asap/urgent/"
    "bitte/konntest du/kannst du/konnten sie/konnen sie/konnt ihr/gib mir bescheid/geben sie mir bescheid/sag bescheid/"
    "melde dich/melden sie sich/freue mich auf ihre/freue mich auf deine/freuen uns auf ihre/um ruckmeldung/dringend/"
    "s'il vous plait/s'il te plait/svp/stp/merci de me/merci de nous/merci de bien vouloir/pourriez-vous/pouvez-vous/peux-tu/"
    "pourrais-tu/dites-moi/dis-moi/tenez-moi au courant/dans l'attente/"
    "por favor/podrias/puedes/podria usted/puede usted/avisame/aviseme/quedo a la espera/quedamos a la espera/"
    "poderia/pode me/podes/avisa-me/me avise/fico a espera/fico no aguardo/aguardo/"
    "per favore/per cortesia/potresti/potrebbe/puoi/fammi sapere/mi faccia sapere/resto in attesa/"
    "alsjeblieft/alstublieft/kun je/kunt u/zou je/zou u/laat me weten/laat het me weten/graag hoor ik/ik hoor graag/"
    "snalla/kan du/kan ni/skulle du kunna/hor av dig/lat mig veta/"
    "vaer sa snill/venligst/vennligst/kan i/vil du/gi beskjed/giv besked/lad mig vide/la meg vite/"
    "voisitko/voitko/voisitteko/kerro minulle/"
    "prosze/czy mozesz/czy moze pan/czy moze pani/czy moglbys/daj znac/prosim/muzete/muzes/mohl byste/dejte vedet/dej vedet/"
    "kerem/kerlek/tudnal/tudna/va rog/te rog/puteti/poti/"
    "пожалуиста/можете ли/не могли бы/сообщите/даите знать/жду ответа/жду вашего/"
    "lutfen/rica ederim/haber verir misin/παρακαλω/μπορεισ/μπορειτε"
)
_REQUESTS_WITHOUT_SPACES = "ください/お願いいたします/お願いします/教えて/請/请/麻烦/부탁드립니다/주세요"
# With what comes after, these ask for nothing: "please find attached", "bitte sehr"
_NOT_ASKING = re.compile(r"(?:please|kindly) (?:find|see|note)\b|bitte (?:finden|sehr|schon|gerne?)\b|bitte(?:[.!,]|$)")
_POLITE = frozenset(
    (
        "thanks thank thx ty tks cheers great good perfect super excellent wonderful lovely awesome amazing fantastic brilliant nice cool "
        "ok okay k kk fine noted received got it understood sure yes yep yeah yup no problem worries welcome you your all will do sounds "
        "looks works done love loved appreciate appreciated that this is that's it's very really so much many a lot again for the to me "
        "us well of course absolutely definitely indeed both too same have enjoy weekend day evening week morning afternoon see then soon "
        "until tomorrow monday tuesday wednesday thursday friday saturday sunday talk speak later bye and we i as just quick reply answer "
        "response help support update information info message mail email letting know getting back sending patience time feedback happy "
        "glad pleasure anytime my be on in take care cc fyi danke vielen lieben besten herzlichen dank schon dankeschon bestens prima "
        "toll perfekt wunderbar klasse spitze genial alles klar passt gut sehr gerne gern geschehen kein keine ursache ja jo jep genau "
        "stimmt verstanden notiert erhalten angekommen das ist klingt sieht aus mega dir euch ihnen fur die der den dein deine deinen ihr "
        "ihre ihren schnelle schnellen rasche antwort ruckmeldung hilfe infos nachricht bis dann bald morgen freitag montag dienstag "
        "mittwoch donnerstag schones schonen wochenende tag abend feierabend woche gleichfalls ebenso auch und ich freue mich wir freuen "
        "uns merci beaucoup parfait tres bien d'accord entendu note recu c'est ca marche avec plaisir de rien pour votre ta ton reponse "
        "retour rapide aide bonne bon journee soiree week-end fin bientot demain gracias muchas perfecto estupendo vale acuerdo entendido "
        "recibido nada por tu su la el respuesta ayuda rapida buen semana hasta luego pronto manana muy todo claro obrigado obrigada "
        "muito perfeito otimo excelente combinado certo recebido pela resposta ajuda bom boa ate logo amanha fixe beleza valeu maravilha "
        "grazie mille tante perfetto ottimo benissimo va bene d'accordo ricevuto capito prego per il risposta aiuto buona giornata serata "
        "presto bedankt je wel u hartelijk alvast mooi goed top fijn helemaal akkoord begrepen ontvangen graag gedaan voor snelle reactie "
        "dag tot tack sa mycket bra toppen jattebra fint okej mottaget svaret snabba ha det trevlig helg hej da tak mange godt modtaget "
        "svar hurtige god takk tusen flott mottatt raske kiitos paljon hienoa loistavaa selva hyva sopii nopeasta vastauksesta mukavaa "
        "viikonloppua dziekuje dzieki swietnie dobrze jasne rozumiem bardzo za szybka odpowiedz milego dnia weekendu dekuji diky moc "
        "skvele vyborne dobre rozumim rychlou odpoved koszonom koszi szepen remek rendben szuper gyors valaszt multumesc mersi foarte "
        "bine pentru raspuns спасибо большое благодарю отлично хорошо понял поняла понятно супер ок океи договорились принято за ответ "
        "oh ah aha wow yay oops sorry apologies confusion now perfectly nicely i'll i'm look into check sehe schaue entschuldigung mal "
        "быстрыи вам тебе tesekkurler tesekkur ederim sagol mukemmel harika tamam cok ευχαριστω πολυ τελεια ωραια ενταξει"
    ).split()
)
_POLITE_WITHOUT_SPACES = (
    "ありがとうございます/ありがとうございました/承知しました/了解です/了解しました/かしこまりました/谢谢/谢谢你/多谢/好的/收到/没问题/감사합니다/"
    "고맙습니다/알겠습니다/네"
)
_THANKS_FOR = (
    "thanks for/thank you for/many thanks for/danke fur/vielen dank fur/besten dank fur/merci pour/merci de votre/gracias por/"
    "muchas gracias por/obrigado pela/obrigado pelo/obrigada pela/obrigada pelo/grazie per/grazie mille per/bedankt voor/dank je voor/"
    "dank u voor/tack for/tak for/takk for/kiitos/dziekuje za/dzieki za/dekuji za/diky za/koszonom a/спасибо за/благодарю за"
)
_MOST_THANKED_FOR = 12  # words
_CONTRASTS = frozenset("but however although still aber jedoch leider allerdings mais pero mas porem ma maar men mutta ale но".split())
# The subjects of what calendars and absence notes send by themselves
_AUTOMATIC_SUBJECT = (
    r"(?:accepted|declined|tentative|tentatively accepted|invitation|updated invitation|cancell?ed(?: event)?|new time proposed|"
    r"zugesagt|abgesagt|angenommen|abgelehnt|mit vorbehalt|vorbehaltlich|einladung|aktualisierte einladung|abgesagter termin|"
    r"accepte|refuse|provisoire|invitation mise a jour|annule|aceptado|aceptada|rechazado|rechazada|provisional|invitacion|"
    r"invitacion actualizada|cancelado|cancelada|aceite|recusado|convite|convite atualizado|accettato|rifiutato|invito|invito aggiornato|"
    r"annullato|geaccepteerd|geweigerd|afgewezen|uitnodiging|geannuleerd|accepterat|avbojt|inbjudan|accepteret|afvist|invitation til|"
    r"godtatt|avslatt|invitasjon|hyvaksytty|kutsu|zaakceptowano|odrzucono|zaproszenie|prijato|odmitnuto|pozvanka)\s*:|"
    r"(?:automatic reply|auto(?:matic)?[- ]?repl|autoreply|out of (?:the )?office|away from|automatische antwort|abwesenheit|"
    r"reponse automatique|absence du bureau|respuesta automatica|fuera de (?:la )?oficina|resposta automatica|ausencia|"
    r"risposta automatica|fuori sede|automatisch antwoord|afwezigheid|autosvar|automatiskt svar|franvaro|fravaer|automaattinen vastaus|"
    r"autoodpowiedz|odpowiedz automatyczna|automaticka odpoved|nepritomnost|автоматическии ответ|otomatik yanit|undeliverable|"
    r"delivery status notification|mail delivery|unzustellbar|read:|gelesen:|lu:)"
)
_CALENDAR_FILE = re.compile(r"\.(?:ics|vcs)(?:\]\]|\||\)|>|\s*$)", re.IGNORECASE | re.MULTILINE)
_CHAT_LINE = re.compile(r"\d{2}:\d{2} (?:↳ )?[^:\n]{1,80}: ?")
_WORD = re.compile(r"[\w'-]+")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_CLAUSE_END = re.compile(r"[.!?,;:…\n()/]+|\s[-–—]+\s?|[。！，、]")


def asks(text: str) -> bool:
    """Whether a message asks for something: in a question, or with words such as "please". Quoted lines don't count."""
    said = _URL.sub("", "\n".join(line for line in text[:_MOST_ASKED].split("\n") if not line.startswith(">")))
    return _QUESTION.search(said) is not None or _has_request(fold(said))


def _has_request(folded: str) -> bool:
    phrases, in_other_scripts = _requests()
    for word in _WORD.finditer(folded):
        for phrase in phrases.get(word[0], ()):
            end = word.start() + len(phrase)
            is_whole = folded.startswith(phrase, word.start()) and not folded[end : end + 1].isalnum()
            if is_whole and not _NOT_ASKING.match(folded, word.start()):
                return True
    return not folded.isascii() and any(phrase in folded for phrase in in_other_scripts)


@cache
def _requests() -> tuple[dict[str, list[str]], list[str]]:
    """The phrases by their first word; those of languages that have no spaces."""
    by_word: dict[str, list[str]] = {}
    for phrase in _REQUESTS.split("/"):
        word = _WORD.match(phrase)
        assert word is not None, phrase
        by_word.setdefault(word[0], []).append(phrase)
    return by_word, [fold(phrase) for phrase in _REQUESTS_WITHOUT_SPACES.split("/")]


@cache
def _polite_phrases() -> frozenset[str]:
    return frozenset(map(fold, _POLITE_WITHOUT_SPACES.split("/")))


@cache
def _thanks_for() -> tuple[str, ...]:
    return tuple(_THANKS_FOR.split("/"))


@cache
def _automatic_subject() -> re.Pattern[str]:
    return re.compile(_AUTOMATIC_SUBJECT)


def is_courtesy(text: str) -> bool:
    """Whether a message only thanks, agrees or greets, so that nobody waits for an answer: "Thanks, great! See you on Friday."

    `text` may have a salutation and a sign-off, and may be the lines of a chat.
    """
    said = _CHAT_LINE.sub("\n", text.strip())
    if len(said) > _MOST_POLITE:
        return False
    said = said[salutation_end(said) if said else 0 :]
    return all(_is_polite(clause.strip()) for clause in _CLAUSE_END.split(said))


def _is_polite(clause: str) -> bool:
    folded = fold(clause)
    words = _WORD.findall(folded)
    if not any(char.isalpha() for char in folded):
        return not any(char.isdigit() for char in folded)  # an emoji
    if is_polite_phrase(folded) or is_name_line(clause) or folded in _polite_phrases():
        return True
    if all(word in _POLITE for word in words):
        return True
    return folded.startswith(_thanks_for()) and len(words) <= _MOST_THANKED_FOR and not any(word in _CONTRASTS for word in words)


def is_automatic(subject: str, body: str) -> bool:
    """Whether a calendar or an absence note wrote a mail: an invitation, what somebody says to one, "Out of office"."""
    return _automatic_subject().match(fold(subject)) is not None or _CALENDAR_FILE.search(body) is not None

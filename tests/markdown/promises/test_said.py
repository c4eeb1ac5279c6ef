"""What is a promise, in seven languages, and what only looks like one."""

import pytest

from tests.support import bounded_work
from vaultcrm.markdown.promises.record import Said
from vaultcrm.markdown.promises.said import find_said

PROMISES = [
    # English
    ("I'll send you the quote by Friday.", "send", "send you the quote by Friday", "fri"),
    ("We will forward the signed contract tomorrow.", "send", "forward the signed contract tomorrow", "tomorrow"),
    ("Thanks, I will get back to you next week.", "reply", "get back to you next week", "next week"),
    ("I’ll check with Maria and let you know.", "reply", "check with Maria and let you know", ""),
    ("I'll definitely call you on Monday morning.", "call", "call you on Monday morning", "mon"),
    ("We'll have a look at the numbers.", "do", "have a look at the numbers", ""),
    ("Let me check with the printer and get back to you.", "reply", "check with the printer and get back to you", ""),
    ("You'll have the first draft on Thursday.", "send", "have the first draft on Thursday", "thu"),
    ("I'm going to prepare two options for the homepage.", "do", "prepare two options for the homepage", ""),
    ("Will send the invoice tonight.", "send", "send the invoice tonight", "today"),
    ("I still owe you the list of plugins.", "send", "still owe you the list of plugins", ""),
    ("I'll find out if the domain is free.", "do", "find out if the domain is free", ""),
    ("As soon as I'm back, I'll upload the photos.", "send", "upload the photos", ""),
    ("I'll keep you posted.", "reply", "keep you posted", ""),
    ("We shall transfer the deposit by 30 November.", "do", "transfer the deposit by 30 November", "30 nov"),
    ("I'm sending you the files tomorrow.", "send", "sending you the files tomorrow", "tomorrow"),
    ("I need to send you the new logo.", "send", "send you the new logo", ""),
    ("You'll hear from me by 2026-12-01.", "reply", "hear from me by 2026-12-01", "2026-12-01"),
    # German
    ("Ich schicke dir morgen das Angebot.", "send", "schicke dir morgen das Angebot", "tomorrow"),
    ("Das überarbeitete Logo sende ich Ihnen bis Freitag.", "send", "sende ich Ihnen bis Freitag", "fri"),
    ("Ich melde mich nächste Woche bei dir.", "reply", "melde mich nächste Woche bei dir", "next week"),
    ("Melde mich morgen!", "reply", "Melde mich morgen", "tomorrow"),
    ("Wir werden Ihnen den Vertrag am Montag zusenden.", "send", "werden Ihnen den Vertrag am Montag zusenden", "mon"),
    ("Ich kümmere mich um die Domain.", "do", "kümmere mich um die Domain", ""),
    ("Ich gebe Ihnen bis Ende der Woche Bescheid.", "reply", "gebe Ihnen bis Ende der Woche Bescheid", "eow"),
    ("Ich rufe dich am Donnerstag an.", "call", "rufe dich am Donnerstag an", "thu"),
    ("Sie erhalten die Rechnung bis Mittwoch.", "send", "Sie erhalten die Rechnung bis Mittwoch", "wed"),
    ("Ich kläre das mit der Druckerei.", "do", "kläre das mit der Druckerei", ""),
    # French
    ("Je vous envoie le devis demain.", "send", "envoie le devis demain", "tomorrow"),
    ("Je vous ferai parvenir les photos avant vendredi.", "send", "ferai parvenir les photos avant vendredi", "fri"),
    ("Je reviens vers vous la semaine prochaine.", "reply", "reviens vers vous la semaine prochaine", "next week"),
    ("Nous vous enverrons le contrat signé.", "send", "enverrons le contrat signé", ""),
    ("Je m'en occupe lundi.", "do", "occupe lundi", "mon"),
    ("Je te rappelle ce soir.", "call", "rappelle ce soir", "today"),
    ("Je vais vérifier avec l'imprimeur.", "do", "vais vérifier avec l'imprimeur", ""),
    ("Vous recevrez la facture d'ici vendredi.", "send", "Vous recevrez la facture d'ici vendredi", "fri"),
    # Spanish
    ("Te envío el presupuesto el viernes.", "send", "Te envío el presupuesto el viernes", "fri"),
    ("Mañana le mando las fotos.", "send", "le mando las fotos", "tomorrow"),
    ("Enviaremos el contrato la próxima semana.", "send", "Enviaremos el contrato la próxima semana", "next week"),
    ("Voy a revisar los textos.", "do", "Voy a revisar los textos", ""),
    ("Me encargo de la traducción.", "do", "Me encargo de la traducción", ""),
    ("Te llamo el lunes.", "call", "Te llamo el lunes", "mon"),
    ("Los textos te los paso mañana.", "send", "te los paso mañana", "tomorrow"),
    # Italian
    ("Ti mando il preventivo domani.", "send", "Ti mando il preventivo domani", "tomorrow"),
    ("Le invierò la fattura entro venerdì.", "send", "invierò la fattura entro venerdì", "fri"),
    ("Ti faccio sapere lunedì.", "reply", "Ti faccio sapere lunedì", "mon"),
    ("Controllerò i testi.", "do", "Controllerò i testi", ""),
    ("Me ne occupo io.", "do", "Me ne occupo io", ""),
    # Dutch
    ("Ik stuur je morgen de offerte.", "send", "stuur je morgen de offerte", "tomorrow"),
    ("Ik laat het je volgende week weten.", "reply", "laat het je volgende week weten", "next week"),
    ("Ik zal de teksten vrijdag aanleveren.", "send", "zal de teksten vrijdag aanleveren", "fri"),
    ("Ik bel je maandag terug.", "call", "bel je maandag terug", "mon"),
    ("Morgen stuur ik je de factuur.", "send", "stuur ik je de factuur", "tomorrow"),
    ("Ik kom er volgende week op terug.", "reply", "kom er volgende week op terug", "next week"),
    # Portuguese
    ("Envio-lhe o orçamento amanhã.", "send", "Envio-lhe o orçamento amanhã", "tomorrow"),
    ("Vou enviar o contrato na sexta-feira.", "send", "Vou enviar o contrato na sexta-feira", "fri"),
    ("Te mando as fotos na segunda-feira.", "send", "Te mando as fotos na segunda-feira", "mon"),
    ("Confirmarei a data com o fotógrafo.", "do", "Confirmarei a data com o fotógrafo", ""),
    ("Te ligo amanhã.", "call", "Te ligo amanhã", "tomorrow"),
]  # fmt: skip

NO_PROMISES = [
    "If you need anything, I'll send it.",
    "I'll let you know if anything changes.",
    "Let me know and I will send you the file.",
    "Please register and we will send you a recording.",
    "I'll not send it again.",
    "I will never check that.",
    "Will you send me the quote?",
    "Shall I send the invoice?",
    "I hope I'll finish it some day.",
    "I think I'll add a menu.",
    "Maybe I'll call.",
    "The package, which I'll review below, is old.",
    "I'll be out on Friday.",
    "I'll be happy to help.",
    "I'll have to wait.",
    "I'll add that the design is fine.",
    "The attached file is the one I'll send.",
    "I'll explain it.",
    "We will see.",
    "It will send a mail.",
    "I can send you a sample.",
    "I'd send it by post.",
    "She said I'll check is not an answer.",
    "Anbei schicke ich dir das Angebot.",
    "Ich schicke dir das Angebot im Anhang.",
    "Wenn du magst, schicke ich dir ein Muster.",
    "Schickst du mir das Angebot?",
    "Ich schicke dir das nicht.",
    "Bitte schicken Sie uns die Rechnung.",
    "Ich hoffe, ich melde mich bald.",
    "Vous trouverez ci-joint le devis que je vous envoie.",
    "Si vous voulez, je vous envoie un exemple.",
    "Je ne vous envoie pas de facture.",
    "El envío llega mañana.",
    "Si quieres, te envío una muestra.",
    "Te envío adjunto el presupuesto.",
    "Se vuoi, ti mando un esempio.",
    "Ti mando in allegato la fattura.",
    "Als je wilt, stuur ik je een voorbeeld.",
    "Bijgaand stuur ik je de offerte.",
    "Se quiser, te mando um exemplo.",
    "Segue em anexo o contrato que te mando.",
    "Thanks for your mail.",
    "",
]


@pytest.mark.parametrize(("text", "kind", "promised", "when"), PROMISES, ids=[text for text, *_ in PROMISES])
def test_a_promise_is_found(text: str, kind: str, promised: str, when: str) -> None:
    assert find_said(text) == [Said(kind, 1, "", False, promised, when)]


@pytest.mark.parametrize("text", NO_PROMISES)
def test_what_only_looks_like_a_promise(text: str) -> None:
    assert [said for said in find_said(text) if said.kind != "done"] == []


SLOW = (
    "ich werde leite ",
    "ik zal laat kom kijk zoek ",
    "i and will i ",
    "i will send if ",
    "je vous te le la les ",
    "you will have get receive ",
)


@pytest.mark.parametrize("unit", SLOW)
def test_no_text_keeps_it_busy(unit: str) -> None:
    with bounded_work():
        find_said(f"{(unit * 40)[:590]}. " * 160, of_others=True)


def test_who_says_it_where() -> None:
    text = "10:00 Dana Roe: I'll send the logo.\n10:05 Nora: Thanks!\n\n10:06 ↳ Nora: I'll pay\nthe invoice tomorrow."
    text += "\n> I'll send it.\n- [ ] I'll call."
    assert find_said(text) == [
        Said("send", 1, "Dana Roe", False, "send the logo", ""),
        Said("do", 4, "Nora", False, "pay the invoice tomorrow", "tomorrow"),
    ]


def test_an_older_mail_below_says_nothing() -> None:
    text = "Fine.\n\nOn Tue, 3 Nov 2026 at 10:00, Dana Roe <dana@acme.example> wrote:\nI'll send the logo."
    assert find_said(text) == []


def test_what_others_will_do_is_found_where_it_is_asked_for() -> None:
    text = "Dana will send the texts."
    assert (find_said(text), find_said(text, of_others=True)) == ([], [Said("send", 1, "", True, "send the texts", "")])

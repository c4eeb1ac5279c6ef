"""What a note says: made-up mails in many languages, minutes, chats, lists and daily notes, and what is left of them."""

import pytest

from vaultcrm.markdown.excerpt import LIMIT, excerpt, first_sentences, headline

ENGLISH = """From: Dana Roe <dana@acme.example>
Sent: Monday, 2 November 2026 10:12
To: Nora Lind <nora@lind.example>; Owen Pryce
 <owen@acme.example>
Subject: RE: Fwd: The journal quote

Dear Nora,

thank you for the quote. We take option B, but please split the invoice in two.

Kind regards,
Dana

--
Dana Roe | Partner, Acme Studio
+44 7700 900417
"""
GERMAN = """**Von:** Jonas Brandt
**Gesendet:** Montag, 2. November 2026 10:12
**An:** Nora Lind
**Betreff:** AW: Etiketten für den Winter

Sehr geehrte Frau Dr. Lind,

die Etiketten kommen erst am 14. November. Bitte verschieben Sie den Druck.

Mit freundlichen Grüßen
Jonas Brandt
Geschäftsführer

Am 01.11.2026 um 10:12 schrieb Nora Lind:
> Wann kommen die Etiketten?
"""
FRENCH = """De : Luc Petit <luc@petit.example>
Envoyé : lundi 2 novembre 2026 10:12
À : Nora Lind
Objet : Re : Devis pour le site

Bonjour Nora,

Le devis nous convient. On commence quand ?

Bien cordialement,
Luc

Le dim. 1 nov. 2026 à 10:12, Nora Lind <nora@lind.example> a écrit :

> Voici le devis.
"""
SPANISH = """*De:* Ana Ruiz
*Enviado el:* lunes, 2 de noviembre de 2026
*Para:* Nora Lind
*Asunto:* RV: Presupuesto

Hola Nora:

El presupuesto está aprobado. ¿Cuándo empezamos?

Un saludo,
Ana
"""
PORTUGUESE = """FYI

---------- Forwarded message ---------
De: Inês Tavares <ines@lume.example>
Date: seg., 2 de nov. de 2026 às 10:12
Subject: Sacos de papel
To: Nora Lind

Olá Nora!

Os sacos ficam em 0,40 € cada. Podemos avançar?

Um abraço,
Inês

Enviado do meu iPhone
"""
ITALIAN = """Da: Marco Neri
Inviato: lunedì 2 novembre 2026
A: Nora Lind
Oggetto: R: Bozze

Gentile Nora,

le bozze vanno bene. Possiamo stampare.

Cordiali saluti
Marco
"""
DUTCH = """Van: Joost de Wit
Verzonden: maandag 2 november 2026
Aan: Nora Lind
Onderwerp: Offerte

Hoi Nora,

we gaan akkoord met de offerte.

Met vriendelijke groet,
Joost

Op zo 1 nov 2026 om 10:12 schreef Nora Lind <nora@lind.example>:
Hierbij de offerte die we bespraken.
"""
SWEDISH = (
    "Från: Åsa\nSkickat: den 2 november 2026\nTill: Nora\nÄmne: Sv: Tider\n\nHej Nora!\n\nTorsdag passar bra.\n\nVänliga hälsningar\nÅsa\n"
)
POLISH = "Od: Ewa\nWysłano: 2 listopada 2026\nDo: Nora\nTemat: Odp: Logo\n\nDzień dobry,\n\nlogo jest gotowe.\n\nPozdrawiam,\nEwa\n"
RUSSIAN = "От кого: Ира\nКому: Нора\nТема: Макеты\n\nЗдравствуйте, Нора!\n\nмакеты готовы.\n\nС уважением,\nИра\n"
JAPANESE = (
    "差出人: 田中\n件名: 見積もり\n\nお世話になっております。\n\n見積もりを確認しました。来週始めましょう。\n\nよろしくお願いします\n田中\n"
)


@pytest.mark.parametrize(
    ("mail", "subject", "said"),
    [
        (ENGLISH, "The journal quote", "Thank you for the quote. We take option B, but please split the invoice in two."),
        (GERMAN, "Etiketten für den Winter", "Die Etiketten kommen erst am 14. November. Bitte verschieben Sie den Druck."),
        (FRENCH, "Devis pour le site", "Le devis nous convient. On commence quand ?"),
        (SPANISH, "Presupuesto", "El presupuesto está aprobado. ¿Cuándo empezamos?"),
        (PORTUGUESE, "Sacos de papel", "FYI. Os sacos ficam em 0,40 € cada. Podemos avançar?"),
        (ITALIAN, "Bozze", "Le bozze vanno bene. Possiamo stampare."),
        (DUTCH, "Offerte", "We gaan akkoord met de offerte."),
        (SWEDISH, "Tider", "Torsdag passar bra."),
        (POLISH, "Logo", "Logo jest gotowe."),
        (RUSSIAN, "Макеты", "Макеты готовы."),
        (JAPANESE, "見積もり", "見積もりを確認しました。来週始めましょう。"),
    ],
)
def test_a_mail_says_what_stands_between_its_frame(mail: str, subject: str, said: str) -> None:
    for text in (mail, mail.replace("\n", "\r\n"), "".join(f"> {line}\n" for line in mail.split("\n"))):
        assert (headline(text.replace("\r\n", "\n")), excerpt(text)) == (subject, said)


@pytest.mark.parametrize(
    "intro",
    [
        "On Mon, 2 Nov 2026 at 10:12, Dana Roe <dana@acme.example> wrote:",
        "On Mon, 2 Nov 2026 at 10:12, Dana Roe\n<dana@acme.example> wrote:",
        "Am Mo., 2. Nov. 2026 um 10:12 Uhr schrieb Dana Roe <dana@acme.example>:", "Le lun. 2 nov. 2026 à 10:12, Dana Roe a écrit :",
        "El lun, 2 nov 2026 a las 10:12, Dana Roe escribió:", "Em seg., 2 de nov. de 2026 às 10:12, Dana Roe escreveu:",
        "Il giorno lun 2 nov 2026 alle ore 10:12 Dana Roe ha scritto:", "Op ma 2 nov 2026 om 10:12 schreef Dana Roe <dana@acme.example>:",
        "Den mån 2 nov. 2026 kl 10:12 skrev Dana Roe <dana@acme.example>:", "W dniu 2.11.2026 o 10:12, Dana Roe pisze:",
        "pon., 2 lis 2026 o 10:12 Dana Roe <dana@acme.example> napisał(a):", "ma 2. marrask. 2026 klo 10.12 Dana Roe kirjoitti:",
        "po 2. 11. 2026 v 10:12 odesílatel Dana Roe napsal:", "пн, 2 нояб. 2026 г. в 10:12, Dana Roe пишет:",
        "2026年11月2日(月) 10:12 Dana Roe <dana@acme.example>:", "-----Original Message-----", "-----Ursprüngliche Nachricht-----",
        "Begin forwarded message:", "Début du message réexpédié :", "From: Dana Roe\nSent: Monday",
    ],
)  # fmt: skip
def test_an_older_mail_below_is_not_said(intro: str) -> None:
    assert (
        excerpt(f"Yes, the 18th is fine for both of us.\n\n{intro}\n> Is the 18th fine?\n> Or later?\n")
        == "Yes, the 18th is fine for both of us."
    )
    assert excerpt(f"{intro}\n> Hello,\n>\n> is the **18th** fine?\n") == "Is the 18th fine?"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        # minutes
        (
            "# Kick-off\n\n"
            "**Present:** Dana, Owen\nApologies:\n- Max\n- Moritz\n\n"
            "## Topics\n- Homepage approved\n- Launch on 18 December.\n- [ ] Quote\n",
            "Homepage approved; Launch on 18 December.",
        ),
        ("## Teilnehmer\n\n- Jonas\n- Frau Ott\n\n## Protokoll\n\n- Preis bleibt\n", "Preis bleibt"),
        ("- Attendees:\n    - Dana\n    - Owen\n- Date: 2 Nov\n- Price agreed\n", "Price agreed"),
        ("Anwesend: Dana, Owen. Der Preis bleibt.\n", "Der Preis bleibt."),
        ("Attendees\n=========\n\nAttendees:\nDana Roe\nOwen Pryce\nPrice agreed on the call.\n", "Price agreed on the call."),
        ("Date: 2 Nov\nTime: 10:00\nWhere: Zoom\nWith: Dana\n\nPrice agreed.\n", "Price agreed."),
        # chats
        ("[03/11/2026, 10:12:45] Dana: Can we move it?\n[03/11/2026, 10:13:45] Nora: Sure\n", "Dana: Can we move it? Nora: Sure"),
        ("03.11.26, 10:12 - Dana: Passt der Dienstag\n03.11.26, 10:13 - Nora: Ja", "Dana: Passt der Dienstag; Nora: Ja"),
        ("Dana Roe  10:12 AM\nLogo is fine.\nNora  10:13 AM\nGreat!", "Logo is fine. Great!"),
        ("Hi Nora, can you send both options by Friday?\n\nSent from my iPhone", "Can you send both options by Friday?"),
        ("Thanks!\n\nBest Western Hotel wants the same sign.", "Best Western Hotel wants the same sign."),
        # lists, tables, daily notes
        ("- one\n- two\n  goes on\n\n1. three\n", "one; two goes on; three"),
        ("| Item | Price |\n|---|---:|\n| Logo | 600 |\n", "Item · Price; Logo · 600"),
        ("- 09:00 [[Acme Studio]]: called **Dana**\n- 10:30 - 11:00 [[Fox|the fox]] wants a sign\n",
         "Acme Studio: called Dana; the fox wants a sign"),
        ("client:: [[Acme]]\n#meeting #acme\n\n![[plan.png]]\n[the plan](https://x.example/a)\n\nOwen agrees. ^b1\n", "Owen agrees."),
        ("---\n***\nText above a rule\n\n---\nmore", "Text above a rule. more"),
        ("A title\n---\nText.", "Text."),
        ("A: plain list, 600 GBP\nB: pieces, 1,440 GBP\n", "A: plain list, 600 GBP B: pieces, 1,440 GBP"),
        ("Sent: the quote to Dana.\n", "Sent: the quote to Dana."),
        ("Dana:\n\nYes to B.", "Dana: Yes to B."),
        ("Dana,\n\nyes to B.\n\nNora", "Yes to B."),
        ("Good news.\n\nBest,\nDana\n\nPS: the 18th stays.\n", "Good news. PS: the 18th stays."),
        ("```\ncode\n```\n%% hidden %%\nSeen.", "Seen."),
        ("> [!decision] Fixed price\n\nThe talk was short.", "The talk was short."),
        ("Two * three is 2*3, snake_case, *so* __it__ ~~is~~ ==fine== `x` \\* &amp; <b>b</b>",
         "Two * three is 2*3, snake_case, so it is fine x * & b"),
        # nothing but what carries little
        ("> Hi,\n> the text\n> of **Dana**\n", "The text of Dana"),
        ("- [ ] Send the quote\n- [x] Call [[Dana Roe|Dana]]\n", "Send the quote; Call Dana"),
        ("Subject: Lunch on Friday\n", "Lunch on Friday"),
        ("[[Plan]]\n\n# Heading\n", "Plan"),
        ("Present: Dana, Owen\n", "Dana, Owen"),
        ("# Pricing call\n## Notes\n", "Pricing call"),
        ("Hello Nora!\n\nThanks,\nDana\n", "Hello Nora! Thanks, Dana"),
        ("```\nx = 1\n```\n", "x = 1"),
        ("> [!note] A hint\n> with text\n", "A hint with text"),
        ("> [!decision] Yes\n", ""),
        ("## Interactions\n", ""),
        ("\n \n***\n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_a_note_says(body: str, said: str) -> None:
    assert excerpt(body) == said


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Call with Dana\n\nText.", "Call with Dana"),
        ("One. Two.", "One"),
        ("Really? Yes; good", "Really"),
        ("Dear Nora,\n\nyes to B.", "Yes to B"),
        ("> [!decision] Fixed **price**", "Fixed price"),
        ("- [x] a", "a"),
        ("", ""),
        ("***", ""),
        ("Subject: Re[2]: Re: AW: x", "x"),
        ("Hi", "Hi"),
        ("Yes, that is fine for all of us.\n\nFrom: Dana\nSubject: Quote\n", "Yes, that is fine for all of us"),
    ],
)  # fmt: skip
def test_what_a_text_would_be_called(text: str, title: str) -> None:
    assert headline(text) == title


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("One. Two. Three.", 100, "One. Two. Three."),
        ("One. Two. Three.", 10, "One. Two."),
        ("One. Two. Three.", 4, "One."),
        ("  One  ", 5, "One"),
        ("We met Mr. Roe and Dr. Lind, e.g. on Monday at noon.", 30, "We met Mr. Roe and Dr. Lind,"[:-1] + "…"),
        ("Am 3. November geht es los. Und dann weiter.", 35, "Am 3. November geht es los."),
        ("Lot no. 5 is sold. More to come soon.", 25, "Lot no. 5 is sold."),
        ('He said "no." Then he left the room.', 20, 'He said "no."'),
        ("行きます。来週です。", 6, "行きます。"),
        ("x" * 20, 10, "x" * 9 + "…"),
        ("one two three four; five six seven eight nine", 24, "one two three four…"),
        ("We agreed... and left early that day", 20, "We agreed..."),
    ],
)  # fmt: skip
def test_the_first_sentences(text: str, limit: int, cut: str) -> None:
    assert first_sentences(text, limit) == cut


def test_an_excerpt_goes_on_over_paragraphs_to_the_end_of_a_sentence() -> None:
    paragraphs = [f"Paragraph {n} is about the {n}th thing." for n in range(30)]
    said = excerpt("\n\n".join(paragraphs))
    assert said == " ".join(paragraphs[:11])
    assert len(said) <= LIMIT < len(" ".join(paragraphs[:12]))


def test_a_heading_ends_a_long_excerpt() -> None:
    assert excerpt("Word " * 30 + "end.\n\n## Next\n\nOther.") == "Word " * 30 + "end."
    assert excerpt("Short.\n\n## Next\n\nOther.") == "Short. Other."


@pytest.mark.parametrize(
    "line",
    ["> ", ">", "> > ", "- [ ] x\n", "\n", "[", "![[", "](", "<a ", "*_", "On 3\n", "a:\n",
     "From: x\n", "De: x\n", "#", "# x\n", "\u200e[1", "。", ". ", "`", "|", "-", "(\n", "Hi "],
)  # fmt: skip
def test_hostile_text_takes_no_longer(line: str) -> None:
    body = line * (8_000_000 // len(line))
    assert len(excerpt(body)) <= LIMIT
    assert len(headline(body)) <= LIMIT


@pytest.mark.parametrize(
    "head",
    [
        "De: Ana <a@x.pt>\nAssunto: Proposta\nData: 2 nov",
        "De: Ana <a@x.pt>\nEnviada: segunda-feira, 2 de novembro de 2026 10:12\nPara: Nora\nAssunto: RE: Proposta",
        "De: Ana <a@x.es>\nAsunto: Propuesta\nFecha: 2 nov",
    ],
)
def test_the_subject_is_part_of_a_head_in_portuguese_as_in_spanish(head: str) -> None:
    assert excerpt(f"{head}\n\nSegue a proposta.\n") == "Segue a proposta."

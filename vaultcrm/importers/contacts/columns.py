"""What the columns of a table of contacts mean, by the names that programs give them.

Google Contacts, Outlook (in six languages), HubSpot, Monica, folk, Thunderbird, LinkedIn, Apple's and plain tables.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vaultcrm.errors import UsageError
from vaultcrm.normalize import fold
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

MOST_COLUMNS = 300  # of a table; Outlook has 92
# What `--map COLUMN=FIELD` may name
FIELDS = (
    "name", "given", "middle", "family", "suffix", "nickname", "company", "role", "email", "phone", "url", "address",
    "birthday", "note", "group", "ignore",
)  # fmt: skip

# The names as `_plain` makes them: without case, accents, punctuation and numbers, so that "E-mail 2 - Value" is "e mail".
_NAMES: dict[str, str] = {
    "name": """name | full name | fullname | display name | displayname | contact name | contact | person | vollstandiger name | anzeigename
        | nom complet | nom affiche | nombre completo | nombre para mostrar | nome completo | volledige naam | naam | imie i nazwisko""",
    "given": """given name | first name | firstname | first | vorname | prenom | nombre | nome | voornaam | imie | nombre de pila
        | forename""",
    "middle": """middle name | middlename | middle | additional name | weitere vornamen | deuxieme prenom | segundo nombre | secondo nome
        | middelste naam | segundo nome | drugie imie""",
    "family": """family name | last name | lastname | last | surname | nachname | nom | nom de famille | apellidos | apellido | cognome
        | achternaam | sobrenome | apelido | nazwisko | familienname""",
    "suffix": "name suffix | suffix | suffixe | sufijo | honorific suffix",
    "nickname": "nickname | nick name | short name | spitzname | surnom | apodo | soprannome | bijnaam | alias | aliases",
    "company": """company | company name | companies | organization | organisation | organization name | organisation name | organizations
        | associated company | primary company | account name | employer | firma | firmenname | unternehmen | societe | entreprise
        | empresa | organizacion | societa | azienda | bedrijf | organizacao | business name""",
    "role": """title | job title | jobtitle | organization title | role | position | job | occupation | profession | funktion | fonction
        | titre | cargo | puesto | posizione | qualifica | functie | stanowisko | beruf""",
    "email": """e mail | email | emails | e mails | e mail address | email address | email addresses | mail | primary email
        | secondary email
        | other email | work email | home email | personal email | business email | e mail adresse | e mail adressen | adresse e mail
        | adresse de messagerie | courriel | adresse electronique | correo | correo electronico | direccion de correo electronico
        | direccion de correo | indirizzo posta elettronica | indirizzo di posta elettronica | indirizzo e mail | posta elettronica
        | e mailadres | email adres | endereco de email | endereco de correio eletronico | adres e mail | alternate email
        | additional email addresses | all email addresses""",
    "phone": """phone | phones | phone number | phone numbers | telephone | tel | mobile | mobile phone | mobile number
        | mobile phone number
        | cell | cell phone | cellphone | work phone | work | home phone | business phone | primary phone | other phone | company main phone
        | main phone | car phone | radio phone | callback | iphone | whatsapp | whatsapp phone number | telefon | telefonnummer | handy
        | mobil | mobiltelefon | mobilnummer | telefon geschaftlich | telefon privat | telefon firma | weiteres telefon | haupttelefon
        | telefon hauptanschluss | autotelefon | telephone bureau | telephone domicile | telephone autre | telephone principal
        | telephone societe | telephone voiture | tel mobile | telephone mobile | portable | telephone portable | telefono | telefonos
        | telefono del trabajo | telefono particular | telefono movil | movil | celular | telefono celular | otro telefono
        | telefono principal | ufficio | abitazione | cellulare | telefono cellulare | telefono ufficio | telefono abitazione
        | telefoon | telefoonnummer | telefoon op werk | telefoon thuis | mobiele telefoon | mobiel | telefone | telefone comercial
        | telefone residencial | telemovel | telefon komorkowy | telefon sluzbowy""",
    "url": """url | urls | website | websites | website url | web page | webpage | home page | homepage | personal web page | webseite
        | business web page | page web | pagina web | sitio web | sito web | webpagina | company domain name | domain | linkedin
        | linkedin url | linkedin profile | profile url""",
    "birthday": """birthday | birth date | birthdate | date of birth | dob | bday | geburtstag | geburtsdatum | anniversaire
        | date de naissance | cumpleanos | fecha de nacimiento | compleanno | data di nascita | verjaardag | geboortedatum | aniversario""",
    "note": """note | notes | comment | comments | description | notizen | bemerkung | bemerkungen | remarques | notas | nota | opmerkingen
        | notities | memo | background | uwagi""",
    "group": """label | labels | tag | tags | group | groups | group membership | category | categories | kategorie | kategorien | list
        | gruppe | gruppen | categorie | groupe | groupes | categoria | categorias | etiquetas | lists""",
    "address": """address | addresses | address formatted | full address | home address | business address | other address | work address
        | postal address | mailing address | adresse | anschrift | direccion | indirizzo | adres | endereco""",
    "identity": "record id | record id contact | record id company",  # of HubSpot
    # Known, and not worth telling that they aren't used
    "ignore": """photo | image | file as | e mail label | e mail type | phone label | phone type | address label | address type
        | website label | website type | organization type | organization symbol | e mail display name | email label | event label
        | event type | relation label | custom field label | sensitivity | priority | private | gender | initials | vertraulichkeit
        | phonetic first name | phonetic middle name | phonetic last name | yomi name | given name yomi | family name yomi
        | additional name yomi | given yomi | surname yomi | company yomi | organization yomi name | prioritat | privat | initialen
        | name prefix | honorific prefix | prefix | anrede | civilite | salutation""",
}  # fmt: skip
# The parts of a postal address, which programs put into columns of their own
_ADDRESS_PARTS = """street address | extended address | street | strasse | rue | calle | via | straat | city | ort | stadt | ville | ciudad
    | citta
    | plaats | state region | state | region | bundesland kanton | bundesland | dep region | provincia | estado | postal code | zip code
    | zip postal code | zip | plz | postleitzahl | code postal | codigo postal | cap | postcode | country region | country | land region
    | land | pays region | pays | pais region | pais | paese | po box | postfach"""
_ADDRESS_KINDS = frozenset(
    """home business work other address mailing billing company geschaftlich privat weitere weiteres weiterer bureau domicile autre
    trabajo particular otra otro ufficio abitazione altro werk thuis overig del de la en""".split()
)


class Column(NamedTuple):
    """What a column holds. `group` tells apart several addresses: "1", "business"."""

    field: str
    group: str = ""


def _split(names: str) -> list[str]:
    return [" ".join(name.split()) for name in names.split("|")]


_FIELD_OF = {name: field for field, names in _NAMES.items() for name in _split(names)}
_PART = re.compile(rf"\b(?:{'|'.join(sorted(_split(_ADDRESS_PARTS), key=len, reverse=True))})\b")


def parse_mapping(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What `--map COLUMN=FIELD` says: headings and their fields. Raises UsageError."""
    mapping = []
    for text in texts:
        heading, sign, field = text.rpartition("=")  # a heading may contain the sign
        if not (sign and heading.strip() and field.strip()):
            raise UsageError(f"{quoted(text)} is not COLUMN=FIELD.", 'Write it like: --map "Client of=company"')
        mapping.append((heading.strip(), check_field(field.strip().lower())))
    return tuple(mapping)


def check_field(field: str) -> str:
    """A field of a contact. Raises UsageError for anything else."""
    if field not in FIELDS:
        raise UsageError(f"{quoted(field)} is not a field of a contact.", f"The fields are {listed(FIELDS)}.")
    return field


def columns_of(headings: Sequence[str]) -> list[Column | None]:
    """What each column holds; None for one that isn't known."""
    columns = [column_of(heading) for heading in headings]
    if "job title" in map(_plain, headings):  # then "Title" is Outlook's word for Mr. and Ms.
        return [Column("ignore") if _plain(heading) == "title" else column for heading, column in zip(headings, columns, strict=True)]
    return columns


def column_of(heading: str) -> Column | None:
    """What a column holds, by its heading; None if it isn't known."""
    numbers = " ".join(re.findall(r"\d+", heading[:200]))
    name = _plain(heading)
    if (field := _FIELD_OF.get(name)) is not None:
        return Column(field, numbers) if field == "address" else Column(field)
    rest = _PART.sub("", name, count=1)
    if rest == name or not set(rest.split()) <= _ADDRESS_KINDS:
        return None
    kind = " ".join(word for word in rest.split() if word != "address")
    return Column("address part", kind or numbers)  # Google numbers its addresses, and Outlook the lines of a street


def _plain(heading: str) -> str:
    words = re.sub(r"[\W_]+", " ", fold(heading[:200])).split()
    words = [word for word in words if not word.isdecimal()]
    if len(words) > 1 and words[-1] == "value":
        del words[-1]
    return " ".join(words)

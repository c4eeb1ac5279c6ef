"""Who a message is from or for: the client and the person that somebody's address, telephone number or name belongs to.

Nothing is guessed. What fits nobody, or two, gives a reason for a person to read. A name counts only for somebody who
has no address: anybody can write any name beside an address of theirs.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from vaultcrm.importers.message import Party
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted

_MIN_PHONE, _PHONE_DIGITS = 7, 9  # the shortest number that says who it is; those at its end, without the code of a country
# Providers whose addresses say nothing about a company; the first ones have many endings
_FREEMAIL = re.compile(
    r"(?:aol|fastmail|gmail|gmx|googlemail|hotmail|icloud|live|msn|outlook|protonmail|tutanota|yahoo|yandex|ymail|zoho|zohomail)"
    r"\.(?:[a-z]{2,3}|com?\.[a-z]{2})"
)
_FREEMAIL_DOMAINS = frozenset(
    """126.com 163.com 1und1.de alice.it arcor.de att.net bellsouth.net bigpond.com bluewin.ch blueyonder.co.uk bol.com.br btinternet.com
    centrum.cz cock.li comcast.net cox.net daum.net duck.com email.cz email.de free.fr freenet.de hanmail.net hey.com hispeed.ch
    home.nl hushmail.com inbox.lv inbox.ru interia.pl internode.on.net iol.ie kabelmail.de kpnmail.nl laposte.net libero.it
    list.ru mac.com mail.com mail.de mail.ru mailbox.org me.com naver.com neuf.fr ntlworld.com o2.pl onet.pl online.de online.no
    optonline.net optusnet.com.au orange.fr passport.com planet.nl pm.me posteo.de posteo.net proton.me protonmail.ch qq.com
    rambler.ru rediffmail.com riseup.net rocketmail.com rogers.com runbox.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca
    sina.com sky.com skynet.be sympatico.ca t-online.de talktalk.net telenet.be telia.com telus.net terra.com.br terra.es
    tiscali.it tuta.io ukr.net uol.com.br verizon.net virgilio.it virginmedia.com vodafone.de wanadoo.fr web.de wp.pl xs4all.nl
    ya.ru yeah.net ziggo.nl""".split()
)


class Known(NamedTuple):
    """A client, or a person who belongs to one, with all that may be seen of them. `person` is empty for the client itself.

    Both are paths of notes. `keys` are what a person has decided on before: addresses, "@acme.example", accounts, numbers,
    and names of those who have no address.
    """

    client: str
    person: str = ""
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class Route(NamedTuple):
    """Where a message belongs. `people` are the notes of those who are known; `by` says what gave them away."""

    client: str
    people: tuple[str, ...]
    by: str  # rule, address, domain, phone or name


class NoRoute(NamedTuple):
    """Why a message belongs nowhere, as a sentence; `candidates` are the clients that it may belong to."""

    reason: str
    candidates: tuple[str, ...] = ()


class Directory:
    """All clients and people by what may be seen of them. `own` are the user's addresses: their domain is nobody's."""

    def __init__(self, known: Iterable[Known], own: Iterable[str] = ()) -> None:
        self._by: dict[str, dict[str, set[tuple[str, str]]]] = {
            kind: defaultdict(set) for kind in ("rule", "address", "domain", "phone", "name")
        }
        own_domains = {domain_of(address) for address in own}
        for entry in known:
            who = (entry.client, entry.person)
            for key in entry.keys:
                self._by["rule"][fold(comparable_key(key))].add(who)
            for email in entry.emails:
                self._by["address"][email.strip().lower()].add(who)
                domain = domain_of(email)
                if domain and not is_freemail(domain) and domain not in own_domains:
                    self._by["domain"][domain].add((entry.client, ""))
            for phone in entry.phones:
                if key := phone_key(phone):
                    self._by["phone"][key].add(who)
            for name in entry.names:
                if key := fold(name):
                    self._by["name"][key].add(who)

    def find(self, party: Party) -> Route | NoRoute:
        """The client that somebody belongs to, by the first thing about them that is known."""
        for by, shown, keys in self._keys(party):
            if found := {who for key in keys for who in self._by[by].get(key, ())}:
                route = _only(found, by, shown)
                return self._with_person(route, party) if by == "rule" and isinstance(route, Route) else route
        return self._nobody(party)

    def _with_person(self, route: Route, party: Party) -> Route:
        """The route that a rule gives, with the client's person who has the address, number or name: a rule names a client only."""
        for by, _, keys in self._keys(party):
            who = {who for key in keys for who in self._by[by].get(key, ())} if by in ("address", "phone", "name") else ()
            if people := sorted({person for client, person in who if person and client == route.client}):
                return route._replace(people=tuple(people) if len(people) == 1 else ())
        return route

    def _keys(self, party: Party) -> Iterable[tuple[str, str, list[str]]]:
        """What is looked up about somebody, in this order: the table, how it is shown, and its keys."""
        email = party.email.lower()
        domain = domain_of(email)
        for key in rule_keys(party):
            yield "rule", email or party.account or party.phone or party.name, [key]
        yield "address", email, [email] if email else []
        known = next(([name] for name in and_above(domain) if self._by["domain"].get(name)), [])
        yield "domain", domain, known if not is_freemail(domain) else []
        yield "phone", party.phone, [key] if (key := phone_key(party.phone)) else []
        if not email:
            yield "name", party.name, [fold(party.name)] if party.name else []

    def _nobody(self, party: Party) -> NoRoute:
        shown = party.email or party.phone or party.name or party.account
        if not shown:
            return NoRoute("It doesn't say who it is from or for.")
        same_name = sorted({client for client, _ in self._by["name"].get(fold(party.name), ())}) if party.name else []
        if same_name:
            return NoRoute(f"{shown} isn't known, although the name {quoted(party.name)} is.", tuple(same_name))
        return NoRoute(f"{shown} isn't known.")


def route(parties: Sequence[Party], directory: Directory) -> Route | NoRoute:
    """Where a message to or from these people belongs: to the one client that those of them belong to who are known."""
    found = [directory.find(party) for party in parties]
    routes = [item for item in found if isinstance(item, Route)]
    clients = sorted({item.client for item in routes})
    if len(clients) == 1:
        people = tuple(dict.fromkeys(person for item in routes for person in item.people))
        return Route(clients[0], people, routes[0].by)
    if clients:
        return NoRoute("It is for people of several clients.", tuple(clients))
    reasons = [item for item in found if isinstance(item, NoRoute)]
    return next((item for item in reasons if item.candidates), reasons[0] if reasons else NoRoute("It doesn't say who it is from or for."))


def rule_keys(party: Party) -> list[str]:
    """What a rule may say about somebody, as `comparable_key` gives it and folded: first what is theirs alone, then their domain."""
    own = (party.email, party.account, comparable_key(party.phone), "" if party.email else party.name)
    domains = (f"@{name}" for name in and_above(domain_of(party.email)) if name)
    return [key for text in (*own, *domains) if (key := fold(text))]


def and_above(domain: str) -> list[str]:
    """A domain, and those that it lies in: mail.acme.example is Acme's."""
    domains = [domain]
    while domains[-1].count(".") > 1:
        domains.append(domains[-1].partition(".")[2])
    return domains


def domain_of(address: str) -> str:
    """The domain of a mail address, in lower case; "" if it has none."""
    return address.strip().lower().rpartition("@")[2] if "@" in address else ""


def is_freemail(domain: str) -> bool:
    """Whether a domain is that of a mail provider, where anybody can have an address."""
    return domain in _FREEMAIL_DOMAINS or _FREEMAIL.fullmatch(domain) is not None


def same_phone(one: str, other: str) -> bool:
    """Whether two numbers are the same, however they are written and whether or not with the code of the country."""
    return bool(key := phone_key(one)) and key == phone_key(other)


def phone_key(phone: str) -> str:
    """The last digits of a number, which are the same with and without the code of the country; "" if it is too short."""
    digits = "".join(char for char in re.split(r"[;,]|ext|x", phone.lower())[0] if char.isdecimal() and char.isascii()).lstrip("0")
    return digits[-_PHONE_DIGITS:] if len(digits) >= _MIN_PHONE else ""


def comparable_key(key: str) -> str:
    """What a rule is found by: an address or a domain in lower case, the digits of a number, an account as it is."""
    key = key.strip()
    if "@" in key:
        return key.lower()
    return phone_key(key) if re.fullmatch(r"[+\d\s()./\-\u2010\u2011]{7,}", key) else key


def _only(found: set[tuple[str, str]], by: str, shown: str) -> Route | NoRoute:
    clients = sorted({client for client, _ in found})
    if len(clients) > 1:
        return NoRoute(f"Several clients have {_WHAT[by]} {shown}.", tuple(clients))
    people = sorted({person for _, person in found if person})
    return Route(clients[0], tuple(people) if len(people) == 1 else (), by)


_WHAT: Mapping[str, str] = {
    "rule": "a rule for",
    "address": "the address",
    "domain": "addresses at",
    "phone": "the number",
    "name": "the name",
}

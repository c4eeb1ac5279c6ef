"""Parsing queries: what the user types becomes the tree that is meant, and no text is an error."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support import EXAMPLES, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import search
from vaultcrm.search.query import (
    MATCH_EVERYTHING,
    MAX_TERMS,
    And,
    Field,
    Fuzzy,
    Not,
    Or,
    PathSet,
    Text,
    Tree,
    ValueSet,
    Wildcard,
    parse_query,
)

KEYS = frozenset(("client", "type", "date", "tag", "kunde"))


def parsed(text: str) -> Tree:
    return parse_query(text, KEYS.__contains__)


def word(*words: str) -> Text:
    return Text(words)


def quoted(*words: str) -> Text:
    return Text(words, is_quoted=True)


def field(key: str, value: str, is_quoted: bool = False) -> Field:
    return Field(key, value, is_quoted)


def finished(tree: Tree) -> Tree:
    """A tree in which no word is a prefix."""
    match tree:
        case And(parts):
            return And(tuple(map(finished, parts)))
        case Or(parts):
            return Or(tuple(map(finished, parts)))
        case Not(part):
            return Not(finished(part))
        case Text():
            return tree._replace(is_prefix=False)
        case _:
            return tree


A, B, C = word("a"), word("b"), word("c")
TREES: list[tuple[str, Tree]] = [
    # words
    ("", MATCH_EVERYTHING), ("   ", MATCH_EVERYTHING), ("…!?", MATCH_EVERYTHING), ("pricing", word("pricing")),
    ("pricing ", word("pricing")),
    ("a b ", And((A, B))), ("two options", And((word("two"), word("options")))), ("Zoë ", word("zoe")), ("GRÖSSE ", word("grosse")),
    # text with several tokens is a phrase
    ("R&D", word("r", "d")), ("W-2 ", word("w", "2")), ("x@acme.com ", word("x", "acme", "com")), ("snake_case ", word("snake", "case")),
    ("東京都 ", word("東京", "京都")), ("12:30 ", word("12", "30")), ("it's ", word("it", "s")),
    # quotes
    ('"two options"', quoted("two", "options")), ('"plan B" ', quoted("plan", "b")), ('"x"', quoted("x")), ('"" a ', A),
    ("“two options”", quoted("two", "options")), ("„zwei Angebote“", quoted("zwei", "angebote")), ("«deux devis»", quoted("deux", "devis")),
    ('"two options" a ', And((quoted("two", "options"), A))), ('"two OR -options"', quoted("two", "or", "options")),
    ('"web*"', quoted("web")), ('"recieve~"', quoted("recieve")), ('"(a) client:b"', quoted("a", "client", "b")),
    # unbalanced
    ('"two options', quoted("two", "options")), ('say "', word("say")), ("(a b ", And((A, B))), ("a) b ", And((A, B))), (") a ", A),
    ("((a ", A), ("()", MATCH_EVERYTHING), ("a () b ", And((A, B))), ("(", MATCH_EVERYTHING), (")))", MATCH_EVERYTHING),
    ("(a))) b ", And((A, B))),
    # OR
    ("a OR b ", Or((A, B))), ("a | b ", Or((A, B))), ("a || b ", Or((A, B))), ("a OR b OR c ", Or((A, B, C))),
    ("a b OR c ", And((A, Or((B, C))))), ("a OR b c ", And((Or((A, B)), C))), ("a AND b OR c ", And((A, Or((B, C))))),
    ("(a b) OR c ", Or((And((A, B)), C))), ("a OR (b c) ", Or((A, And((B, C))))), ("a (b OR c) ", And((A, Or((B, C))))),
    ("a OR -b ", Or((A, Not(B)))), ("a or b ", And((A, word("or"), B))), ("a oR b ", And((A, word("or"), B))),
    # AND is the same as a space
    ("a AND b ", And((A, B))), ("a && b ", And((A, B))), ("a and b ", And((A, word("and"), B))),
    # exclusions
    ("-a b ", And((Not(A), B))), ("a -b ", And((A, Not(B)))), ("NOT a b ", And((Not(A), B))), ("a NOT b ", And((A, Not(B)))),
    ("-(a b) c ", And((Not(And((A, B))), C))), ("NOT (a OR b) c ", And((Not(Or((A, B))), C))),
    ('-"a b" c ', And((Not(quoted("a", "b")), C))), ("NOT NOT a ", Not(Not(A))),
    ("-client:acme a ", And((Not(field("client", "acme")), A))), ("a not b ", And((A, word("not"), B))),
    ("a NOT AND b ", And((A, word("not"), B))),
    ("-web* a ", And((Not(Wildcard("web*")), A))), ('-type:"x y" a ', And((Not(field("type", "x y", is_quoted=True)), A))),
    ("a - b ", And((A, B))), ("a -b-c ", And((A, Not(Text(("b", "c"), joined="bc"))))),
    ("well-known ", Text(("well", "known"), joined="wellknown")), ('"well-known" ', Text(("well", "known"), is_quoted=True)),
    # wildcards
    ("web*", Wildcard("web*")), ("w?b ", Wildcard("w?b")), ("*web* ", Wildcard("*web*")), ("a**b ", Wildcard("a*b")),
    ("Größ* ", Wildcard("gross*")),
    ("why? ", word("why")), ("**bold** ", word("bold")), ("* a ", A), ("? a ", A), ("web*, a ", And((Wildcard("web*"), A))),
    # similar spellings
    ("recieve~ ", Fuzzy("recieve", 2)), ("cat~ ", Fuzzy("cat", 1)), ("cat~2 ", Fuzzy("cat", 2)), ("recieve~1 ", Fuzzy("recieve", 1)),
    ("prise~ ", Fuzzy("prise", 1)), ("prises~ ", Fuzzy("prises", 2)),
    ("~/notes ", word("notes")),
    # properties
    ("client:acme ", field("client", "acme")), ("client:acme", field("client", "acme")), ("Client:Acme ", field("client", "Acme")),
    ('client:"Blue Bottle"', field("client", "Blue Bottle", is_quoted=True)),
    ("client:“Blue Bottle” ", field("client", "Blue Bottle", is_quoted=True)),
    ('client:"Blue Bottle', field("client", "Blue Bottle", is_quoted=True)),
    ("pricing client:acme ", And((word("pricing"), field("client", "acme")))),
    ("tag:a OR tag:b ", Or((field("tag", "a"), field("tag", "b")))), ("date:2026-03.. ", field("date", "2026-03..")),
    ("(tag:a OR b) c ", And((Or((field("tag", "a"), B)), C))), ("Künde:x a ", And((field("kunde", "x"), A))),
    # words before a colon that aren't properties
    ("re:invoice ", word("re", "invoice")), ("http://acme.com ", word("http", "acme", "com")), ("client: a ", And((word("client"), A))),
    ("12:tag ", word("12", "tag")), (":a ", A), ("note:to:self ", word("note", "to", "self")),
    ("client:: a ", And((field("client", ":"), A))),
    ("a client: ", And((A, word("client")))), ("a client:", And((A, word("client")))), ("a unknown:", And((A, word("unknown")))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[text or "nothing" for text, _ in TREES])
def test_a_query_is_parsed_into_its_tree(text: str, tree: Tree) -> None:
    assert finished(parsed(text)) == tree


def test_a_key_without_a_value_is_the_last_word() -> None:
    assert parsed("a client:") == And((A, Text(("client",), is_prefix=True)))
    assert parsed("a date:") == And((A, Text(("date",), is_prefix=True)))
    assert parsed("ab client:x") == And((Text(("ab",), is_prefix=True), field("client", "x")))


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        ("", []), ("pricing", ["pricing"]), ("pricing ", ["pricing"]), ("two options", ["options"]), ("a OR b", ["b"]), ("(a b) ", ["b"]),
        ("R&D", ["r d"]), ('"two options"', []), ('pric "two options"', ["pric"]), ("pric client:acme", ["pric"]), ("client:acme", []),
        ("pric web*", []), ("pric recieve~", []), ("pric ... )", ["pric"]),
        ("pric -dra", []),
    ],
)  # fmt: skip
def test_only_the_last_word_is_a_prefix(text: str, prefixes: list[str]) -> None:
    assert [" ".join(term.words) for term in terms(parsed(text)) if isinstance(term, Text) and term.is_prefix] == prefixes


def test_the_example_in_the_module_s_docstring() -> None:
    text = 'pricing "two options" client:acme -draft (quote OR invoice) web* recieve~ date:2026-03..'
    assert finished(parsed(text)) == And(
        (
            word("pricing"),
            quoted("two", "options"),
            field("client", "acme"),
            Not(word("draft")),
            Or((word("quote"), word("invoice"))),
            Wildcard("web*"),
            Fuzzy("recieve", 2),
            field("date", "2026-03.."),
        )
    )


@pytest.mark.parametrize("text", ["a OR", "OR a ", "a OR )", "a AND", "AND a ", "a (OR) ", "a || ", "| a "])
def test_an_operator_without_an_operand_is_ignored(text: str) -> None:
    assert "a" in {word for term in terms(parsed(text)) if isinstance(term, Text) for word in term.words}


@pytest.mark.parametrize("text", ["OR", "NOT", "AND"])
def test_an_operator_alone_is_searched_as_a_word(text: str) -> None:
    """OR is also the state of Oregon."""
    assert parsed(text) == word(text.lower())


def test_terms_beyond_the_limit_are_ignored() -> None:
    tree = parsed(" ".join(f"w{n}" for n in range(100)))
    assert finished(tree) == And(tuple(word(f"w{n}") for n in range(MAX_TERMS)))
    assert len(list(terms(parsed("tag:x (a OR b*) -c~ " * 50)))) == MAX_TERMS


def test_deeply_nested_parentheses_and_negations_are_no_error() -> None:
    for text in ("(" * 10_000 + "a" + ")" * 10_000, "NOT " * 10_000 + "a", "-(" * 5_000 + "a", "(a OR " * 3_000):
        assert len(list(terms(parsed(text)))) <= MAX_TERMS
    deep = "(" * 15 + "a" + ")" * 15 + " b "
    assert finished(parsed(deep)) == And((A, B))


# ----------------------------------------------------------- properties in a vault

PLACES: dict[str, str | bytes] = {
    "clients/Acme/Acme.md": "---\ntype: client\naliases: [ACM Corp]\n---\n",
    "clients/Acme/Acme Labs/Acme Labs.md": "---\ntype: client\n---\n",
    "clients/Acme/talk.md": "---\ntype: interaction\ndate: 2026-03-10\nchannel: call\npeople: ['[[Dana Li]]']\n"
    "project: '[[Website relaunch]]'\ntags: [work/invoice]\n---\n",
    "clients/Acme/people/Dana Li.md": "---\ntype: person\naliases: [Dee]\n---\n", "clients/Acme/Acme Labs/lab.md": "",
    "clients/Acme/projects/Website relaunch.md": "---\ntype: project\naliases: [WR 2]\nstatus: on hold\n---\n",
    "clients/Blue Bottle/Blue Bottle.md": "---\ntype: client\n---\n", "clients/Blue Bottle/about.md": "---\nclient: '[[Acme]]'\n---\n",
    "clients/Blue Bottle/coffee.md": "---\ntype: interaction\ndate: 2026-01-15T10:00\nchannel: email\n---\n",
    "inbox/linked.md": "---\nclient: '[[ACM Corp]]'\ndate: 2026-10-20\n---\n", "inbox/ghost.md": "---\nclient: '[[Ghost Ltd]]'\n---\n",
    "inbox/hash.md": "---\nmood: sunny side\nBilling: [net 30, late]\n---\nIt is #work and #urgent/today, not issue#4 or #5.\n",
    "inbox/decided.md": "---\ntype: decision\nby: '[[Dana Li|Dana]]'\ndate: 2026-11-16\n---\n",
    "inbox/todo.md": "---\ntype: follow-up\ndue: 2026-12-01\n---\n",
}  # fmt: skip
ACME = {"Acme", "talk", "Dana Li", "Website relaunch", "about", "linked"}
DATED = {"talk", "coffee", "linked", "decided"}
FIELDS: list[tuple[str, set[str]]] = [
    ("client:acme", ACME), ('client:"ACM corp"', ACME), ("client:clients/acme ", ACME), ('client:"[[Acme]]"', ACME), ("CLIENT:Acmé ", ACME),
    ('client:"acme labs" ', {"Acme Labs", "lab"}), ("client:lab ", {"Acme Labs", "lab"}), ("client:acm ", ACME | {"Acme Labs", "lab"}),
    ('client:"Blue Bottle"', {"Blue Bottle", "coffee"}), ("client:bottle", {"Blue Bottle", "coffee"}), ("client:ghost ", {"ghost"}),
    ("client:nobody ", set()), ("client:acme type:interaction ", {"talk"}), ("type:interaction -client:acme ", {"coffee"}),
    ("client:bottle OR client:ghost ", {"Blue Bottle", "coffee", "ghost"}), ("type:interaction", {"talk", "coffee"}),
    ("type:inter ", set()), ("type:follow-up ", {"todo"}), ("channel:email ", {"coffee"}),
    ("channel:call OR channel:email ", {"talk", "coffee"}), ('status:"on hold"', {"Website relaunch"}),
    ('project:"website relaunch"', {"Website relaunch", "talk"}), ("project:relaunch ", {"Website relaunch", "talk"}),
    ('project:"wr 2"', {"Website relaunch", "talk"}), ("project:none ", set()), ("tag:work", {"talk", "hash"}),
    ("tags:work ", {"talk", "hash"}), ("tag:invoice ", {"talk"}), ("tag:work/invoice ", {"talk"}), ("tag:wor*", {"talk", "hash"}),
    ("tag:#urgent ", {"hash"}), ("tag:today ", {"hash"}), ("tag:4 ", set()), ("tag:5 ", set()), ("tag:invoice/work ", set()),
    ("tag:invoyce~ ", {"talk"}), ("people:dana ", {"talk", "Dana Li", "decided"}), ("people:dee ", {"talk", "Dana Li", "decided"}),
    ("person:dana type:interaction ", {"talk"}), ('people:"Dana Li" type:decision ', {"decided"}), ("by:dana -type:person ", {"decided"}),
    ("people:nobody ", set()), ("mood:sunny ", {"hash"}), ('mood:"sunny side"', {"hash"}), ('mood:"side sunny"', set()),
    ("billing:late ", {"hash"}), ('billing:"30 late"', set()), ("mood:sun*", {"hash"}), ("mood:sun ", set()), ("zzz:sunny ", set()),
    ("mood:acme ", set()), ("title:relaunch ", {"Website relaunch"}), ("date:2026-03.. ", {"talk", "linked", "decided"}),
    ("date:2026-01..2026-03 ", {"talk", "coffee"}), ("date:last-month ", {"linked"}), ('date:"last month"', {"linked"}),
    ("date:2026-03-10 ", {"talk"}), ("date:2026-03-10", {"talk"}), ("date:10.3.2026 ", {"talk"}), ("date:today ", {"decided"}),
    ("date:2026 ", DATED), ("date:2026-q1 ", {"talk", "coffee"}), ("date:..2026-01 ", {"coffee"}), ("date:30d ", {"linked", "decided"}),
    ("date:.. ", DATED), ("date:march ", {"talk"}), ("date:yesterday ", set()), ("date:soon ", set()),
    ("date:2026-03-11..2026-10-19 ", set()), ("date:2026-12..2026-01 ", set()), ("date:2026-03-10..2026-10-20 ", {"talk", "linked"}),
    ("due:2026-12 ", {"todo"}), ("due:next-month ", {"todo"}), ("due:2026-11 ", set()), ("-date:2026 type:interaction ", set()),
    ("date:2025..2027 -type:interaction ", DATED - {"talk", "coffee"}),
]  # fmt: skip


def test_each_property_finds_what_it_means_in_the_vault(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", PLACES)
    crm = Crm(vault.root, datetime(2026, 11, 16, 9, 30))
    with contextlib.closing(crm.catalog):
        found = {query: {hit.title for hit in search(crm, query, None).hits} for query, _ in FIELDS}
    assert {query: titles for query, titles in found.items() if titles != dict(FIELDS)[query]} == {}


# ------------------------------------------------------------------------------------- the law


def terms(tree: Tree) -> Iterator[Tree]:
    """The leaves of a tree."""
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part)
        case Not(part):
            yield from terms(part)
        case _:
            yield tree


PIECES = st.one_of(
    st.sampled_from('( ) " “ ” „ « » - -- * ? ~ ~1 : | || && OR AND NOT client: tag: nokey: date: .. -" :" * "" ( ( '.split(" ")),
    st.sampled_from(["pricing", "R&D", "Zoë", "東京都", "12:30", "web*", "x@acme.com", "2026-03..", "-draft", "recieve~", '"two options"']),
    st.text(max_size=5),
)
TYPED = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", " "])), max_size=40).map(lambda parts: "".join(a + b for a, b in parts))


@settings(max_examples=EXAMPLES * 2)
@given(TYPED)
@example("a " * 1_000)
@example("(a" * 1_000)
@example("\ud800 \x00 \x1f \u2028")
def test_any_text_is_a_valid_query_with_a_bounded_number_of_terms(text: str) -> None:
    found = list(terms(parsed(text)))
    assert len(found) <= MAX_TERMS
    for term in found:
        assert isinstance(term, (Text, Wildcard, Fuzzy, Field))  # and never what only the catalogue can know
        assert not isinstance(term, (PathSet, ValueSet))
        if isinstance(term, Text):
            assert term.words
            assert all(term.words)
        if isinstance(term, Field):
            assert term.key in KEYS
            assert term.value.strip('"')

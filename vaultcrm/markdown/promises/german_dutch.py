"""How promises are made in German and Dutch: "Ich schicke dir das Angebot", "Ik stuur je de offerte"."""

from vaultcrm.markdown.promises.language import Language

_DE_YOU = r"(?:(?:dir|dich|euch|ihnen|sie|ihr|ihm|es|das|dies|die|den|uns|mir|mich|dann|noch|gleich|gern|gerne|bald|selbst|auch|mal) )*"
_DE_DO = (
    r"(?:schicken?|schick|zuschicken|senden?|sende|zusenden|uebersenden|ubersende[n]?|mailen?|maile|leite[n]? .{0,60}\bweiter|weiterleiten|"
    r"lasse?n? .{0,50}\bzukommen|zukommen lassen|reiche[n]? .{0,60}\bnach|nachreichen|liefere?n?|liefern|nachliefern|"
    r"gebe?n? .{0,40}\bbescheid|geb .{0,40}\bbescheid|bescheid (?:geben|sagen)|sage?n? .{0,30}\bbescheid|melde?n? (?:mich|uns)|(?:mich|"
    r"uns) .{0,60}\bmelden|"
    r"rufe?n? .{0,50}\b(?:an|zuruck)|anrufen|zuruckrufen|prufe?n?|uberprufe?n?|klare?n?|abklaren|klare .{0,40}\bab|kummere?n? (?:mich|uns)|"
    r"(?:mich|uns) .{0,40}\bkummern|erstelle?n?|bereite?n? .{0,60}\bvor|vorbereiten|mache?n? .{0,50}\bfertig|fertig ?machen|"
    r"schaue?n? (?:mir|uns|ich mir|nach|mal)|schau .{0,40}\b(?:an|nach)|(?:mir|uns) .{0,40}\bansehen|anschauen|sehe .{0,30}\ban|"
    r"frage?n? .{0,40}\bnach|nachfragen|nachsehen|nachschauen|"
    r"frage .{0,40}\bbei|besorge?n?|buche?n?|bestelle?n?|uberweise?n?|bezahle?n?|zahle?n?|bestatige?n?|stelle?n? .{0,60}\b(?:bereit|"
    r"fertig|ein|zusammen)|"
    r"bereitstellen|zusammenstellen|lade?n? .{0,50}\bhoch|hochladen|trage?n? .{0,40}\b(?:nach|ein)|erledige?n?|uberarbeite?n?|"
    r"korrigiere?n?|"
    r"passe?n? .{0,60}\ban|anpassen|erganze?n?|aktualisiere?n?|behebe?n?|beheben|schreibe?n? (?:dir|euch|ihnen)|antworte?n?|"
    r"organisiere?n?|vereinbare?n?|"
    r"halte?n? (?:dich|euch|sie) auf dem laufenden|informiere?n?|bringe?n? .{0,40}\bmit|mitbringen|ubersetze?n?|plane?n? .{0,30}\bein|"
    r"schliesse?n? .{0,40}\bab|reserviere?n?)\b"
)
GERMAN = Language(
    (
        " ich ",
        " wir ",
        " dir ",
        " ihnen ",
        " bescheid",
        " melde ",
        " du ",
        " sie ",
        " die ",
        " das ",
        " dem ",
        " den ",
        " mit ",
        " ist ",
        " bis ",
        " anbei",
        " anhang",
        " der ",
        " und ",
    ),
    ("ich ", "wir ", "melde mich", "schicke", "bekomm", "erhalten", "erhaltst", " hast ", "haben sie", "gebe bescheid"),
    rf"\b(?:ich|wir) {_DE_YOU}(?P<what>(?:werde|werden|will|wollen)\b.{{0,90}}?\b{_DE_DO})"
    rf"|\b(?:ich|wir) {_DE_YOU}(?P<what2>{_DE_DO})"
    rf"|\b(?P<what3>(?:werde|werden) (?:ich|wir)\b.{{0,90}}?\b{_DE_DO}|(?:schicke|schicken|sende|senden|maile|mailen|liefere|liefern|"
    rf"melde|melden|rufe|rufen|"
    rf"gebe|geben|prufe|prufen|klare|klaren|erstelle|erstellen|bereite|bereiten|mache|machen|schaue|schauen|frage|uberweise|uberweisen|"
    rf"reiche|reichen|lasse|lassen|stelle|stellen|erledige|uberarbeite|leite|leiten|bestatige|bringe|besorge|buche|bestelle|"
    rf"korrigiere) (?:ich|wir)\b)"
    rf"|^(?:(?:ok|okay|gut|danke|klar|gerne?|super|prima|und|dann)[,.! ]+)*(?P<what4>(?:melde mich|schicke (?:dir|ihnen|euch)|"
    rf"gebe (?:dir |ihnen |euch )?bescheid|"
    rf"kummere mich|rufe .{{0,30}}\b(?:an|zuruck)\b))"
    rf"|\b(?P<what5>(?:du (?:bekommst|erhaltst|hast)|(?:bekommst|erhaltst|hast) du|sie (?:bekommen|erhalten)|(?:bekommen|erhalten) sie|"
    rf"ihr bekommt|bekommt ihr)\b.{{0,80}}?"
    rf"\b(?:bis (?:zum |zu )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|morgen|ende|heute|spatestens)|morgen|"
    rf"heute abend|nachste woche|"
    rf"kommende woche|von mir|von uns)\b)",
    r"\b(?:anbei|im anhang|angehangt|beigefugt|beiliegend|hier (?:ist|sind|kommt|kommen|das|die|der)|wie (?:versprochen|zugesagt)|"
    r"hab(?:e|en)? (?:ich|wir|dir|ihnen|es)\b.{0,60}"
    r"\b(?:geschickt|gesendet|erledigt|uberwiesen|gepruft|bezahlt|hochgeladen|angepasst|gebucht)|ist (?:erledigt|raus|bezahlt|online))\b",
    r"\b(?!(?:ich|wir|du|es|das|ihr)\b)[a-z]{2,20} (?P<what>(?:schickt|sendet|liefert|meldet sich|gibt bescheid|pruft|klart|"
    r"ruft .{0,20}\ban|"
    r"(?:will|wird|wollte|hat versprochen|hat zugesagt) .{0,60}\b(?:schicken|senden|liefern|melden|geben|klaren|prufen))\b)",
)

_NL_YOU = r"(?:(?:je|jou|jullie|u|hem|haar|hen|het|dat|die|de|dit|even|nog|dan|zo|ook|er|snel|straks|morgen|vandaag|graag|meteen|direct) )*"
_NL_DO = (
    r"(?:stuur|stuurt|sturen|verstuur|opsturen|toesturen|doorsturen|mail|mailen|bel|bellen|terugbellen|bel .{0,30}\bterug|"
    r"laat .{0,30}\bweten|laten weten|"
    r"kom .{0,40}\bterug|terugkomen|kijk .{0,40}\b(?:na|naar)|nakijken|zoek .{0,30}\buit|uitzoeken|check|checken|controleer|controleren|"
    r"regel|regelen|zorg (?:dat|ervoor|voor)|zorgen|"
    r"maak .{0,40}\b(?:af|klaar)|afmaken|klaarmaken|lever|leveren|aanleveren|bereid .{0,40}\bvoor|voorbereiden|bevestig|bevestigen|"
    r"betaal|betalen|"
    r"boek|boeken|bestel|bestellen|vraag .{0,40}\bna|navragen|houd .{0,30}\bop de hoogte|hou .{0,30}\bop de hoogte|pas .{0,40}\baan|"
    r"aanpassen|werk .{0,30}\b(?:bij|uit)|uitwerken|bijwerken|"
    r"schrijf|reageer|antwoord|neem contact|contact opnemen|plan .{0,30}\bin|inplannen|geef .{0,30}\bdoor|doorgeven|pak .{0,20}\bop|"
    r"oppakken|maak|maken)\b"
)
DUTCH = Language(
    (" ik ", " wij ", " het ", " een ", " van ", " de ", " jullie ", " je ", " bijlage", " hierbij"),
    ("ik ", "wij ", "we ", "krijg", "ontvangt"),
    rf"\b(?:ik|wij|we) {_NL_YOU}(?P<what>(?:zal|zullen|ga|gaan)\b.{{0,80}}?\b{_NL_DO})|\b(?:ik|wij) {_NL_YOU}(?P<what2>{_NL_DO})|"
    rf"\bwe (?P<what3>(?:sturen|leveren|mailen|bellen|laten .{{0,20}}\bweten|zorgen|komen .{{0,30}}\bterug)\b)|"
    rf"\b(?P<what4>(?:zal|ga) ik\b.{{0,80}}?\b{_NL_DO}|(?:stuur|mail|bel|lever|regel|betaal|maak|check|boek|bevestig|laat|kom|zorg) ik\b)|"
    rf"\b(?P<what5>(?:je|jullie|u) (?:krijgt?|ontvangt?|krijgen|ontvangen)\b.{{0,70}}?\b(?:morgen|maandag|dinsdag|woensdag|donderdag|"
    rf"vrijdag|voor|uiterlijk|"
    rf"volgende week|van (?:mij|ons|me))\b)",
    r"\b(?:bijgevoegd|in de bijlage|bijgaand|hierbij|hier (?:is|zijn)|zoals beloofd|is (?:gedaan|betaald|verstuurd))\b",
)

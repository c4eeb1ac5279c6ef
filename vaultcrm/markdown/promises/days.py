"""The day that a promise names, in seven languages: "by Friday", "demain", "nächste Woche", "30 de noviembre"."""

import re
from functools import cache

_WEEKDAYS = {
    "mon": "monday montag lundi lunes lunedi maandag segunda-feira",
    "tue": "tuesday dienstag mardi martes martedi dinsdag terca-feira",
    "wed": "wednesday mittwoch mercredi miercoles mercoledi woensdag quarta-feira",
    "thu": "thursday donnerstag jeudi jueves giovedi donderdag quinta-feira",
    "fri": "friday freitag vendredi viernes venerdi vrijdag sexta-feira",
    "sat": "saturday samstag sonnabend samedi sabado sabato zaterdag",
    "sun": "sunday sonntag dimanche domingo domenica zondag",
}
# How the names of months begin
_MONTHS = {
    "jan": "jan|ene|gen", "feb": "feb|fev", "mar": "mar|mrt", "apr": "apr|avr|abr", "may": "may|mai|mei|mag", "jun": "jun|juin|giu",
    "jul": "jul|juil|lug", "aug": "aug|aou|ago", "sep": "sep|set", "oct": "oct|okt|ott|out", "nov": "nov", "dec": "dec|dez|dic",
}  # fmt: skip
_DAYS = (
    ("+2d", r"day after tomorrow|ubermorgen|apres-demain|pasado manana|dopodomani|overmorgen|depois de amanha"),
    ("today", r"today|tonight|this (?:evening|afternoon|morning)|end of (?:the )?day|eod|heute|aujourd'hui|ce soir|hoy|"
              r"esta (?:tarde|noche)|"
              r"oggi|stasera|vandaag|vanavond|vanmiddag|hoje"),
    ("tomorrow", r"tomorrow|morgen|demain|(?<!por la )(?<!la )manana|domani|amanha"),
    ("eow", r"(?:end of|later|this) (?:the |this )?week|ende der woche|diese woche|fin de (?:la )?semaine|cette semaine|finales de semana|"
            r"esta semana|fine settimana|entro la settimana|questa settimana|einde? van de week|deze week|(?:fim|final) da semana"),
    ("next week", r"next week|(?:nachste|kommende)r? woche|semaine prochaine|semana que (?:viene|vem)|proxima semana|settimana prossima|"
                  r"prossima settimana|volgende week"),
    ("next month", r"next month|nachsten monat|mois prochain|proximo mes|mese prossimo|volgende maand|mes que (?:viene|vem)"),
)  # fmt: skip


def find_when(text: str) -> str:
    """The day that a folded text names, as `dates.parse` reads it: "tomorrow", "fri", "30 nov", "2026-11-30"; "" for none."""
    if iso := re.search(r"\b\d{4}-\d\d-\d\d\b", text):
        return iso[0]
    if of_month := _day_of_month().search(text):
        return f"{of_month[1]} {next(month for month, names in _MONTHS.items() if re.match(names, of_month[2]))}"
    for words, pattern in _DAYS:
        if re.search(rf"\b(?:{pattern})\b", text):
            return words
    return next((day for word in re.findall(r"[a-z]+(?:-feira)?", text) if (day := _weekday_by_word().get(word))), "")


@cache
def _weekday_by_word() -> dict[str, str]:
    return {word: day for day, words in _WEEKDAYS.items() for word in words.split()}


@cache
def _day_of_month() -> re.Pattern[str]:
    return re.compile(rf"\b(\d{{1,2}})(?:\.|st|nd|rd|th)? (?:of |de )?((?:{'|'.join(_MONTHS.values())})[a-z]{{0,8}})\b")

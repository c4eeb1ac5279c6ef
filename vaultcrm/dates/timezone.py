"""The zone of this computer, and names of time zones as the IANA database has them: Europe/Lisbon."""

from datetime import tzinfo

from vaultcrm.errors import InvalidInput
from vaultcrm.quoting import quoted


def local_zone() -> tzinfo:
    """The zone of this computer, with its changes to summer time and back."""
    from dateutil.tz import tzlocal  # late: few commands need it

    return tzlocal()


def check_timezone(name: str) -> None:
    """Raises InvalidInput, with the most similar name, for a time zone that isn't in the system's database."""
    from zoneinfo import ZoneInfo, available_timezones  # late: few commands need it

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        names = available_timezones()
        if not names:  # Windows has no database of its own, so nothing can be said
            return
        from difflib import get_close_matches  # late: only for typing errors

        # "Lisbon" and "lisbon/europe" are meant as often as a name with a wrong letter
        parts = {part.lower(): zone for zone in sorted(names, reverse=True) for part in (zone.rpartition("/")[2], zone)}
        close = get_close_matches(name.strip().replace(" ", "_").lower(), parts, 1, 0.8)
        hint = f"Did you mean {parts[close[0]]}?" if close else "Write it like Europe/Lisbon or America/New_York."
        raise InvalidInput(f"{quoted(name)} is not a time zone.", hint) from error

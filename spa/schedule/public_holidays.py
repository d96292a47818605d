"""The public holidays of a country, which the `holidays` library knows."""

from datetime import date, timedelta

import holidays

AHEAD = timedelta(days=366)


def ahead(country: str, language: str, today: date) -> list[tuple[date, str]]:
    """Those of the next twelve months with their names, in that language if it has them.

    A country that the library does not know has none.
    """
    last = today + AHEAD
    years = range(today.year, last.year + 1)
    try:
        known = holidays.country_holidays(country, years=years)
    except NotImplementedError:
        return []
    for wanted in (language, "en"):
        spoken = next((one for one in known.supported_languages if one[:2] == wanted), None)
        if spoken:
            known = holidays.country_holidays(country, years=years, language=spoken)
            break
    return sorted((day, name) for day, name in known.items() if today <= day <= last)

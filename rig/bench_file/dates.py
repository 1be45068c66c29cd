"""The day against which calibrations are held."""

from datetime import UTC, date, datetime

from rig.run_folder import now, reported_start


def today_of() -> date:
    """Today in UTC, or the day of `SOURCE_DATE_EPOCH`.

    Raises:
        ScenarioError: `SOURCE_DATE_EPOCH` is no whole number of seconds.
    """
    return datetime.fromisoformat(reported_start(now())).astimezone(UTC).date()

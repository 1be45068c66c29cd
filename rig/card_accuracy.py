"""What a simulated card states of itself, as the budgets take it."""

from rig.bench import ChannelAccuracy
from sim.front_end_settings import FrontEndSettings, quantity_of


def accuracy_of_card(
    front_end: FrontEndSettings, role: str, rate_hz: float, timebase_bound_ratio: float
) -> ChannelAccuracy:
    """The card's part of the uncertainty of one captured role.

    Args:
        front_end: with its tap chosen.
        role: `current`, `voltage.2`, ...
        rate_hz: sample rate, Hz.
        timebase_bound_ratio: of the sample clock.
    """
    card, volts_per_unit = front_end.input_of(role), front_end.volts_per_unit(role)
    return ChannelAccuracy(
        unit="A" if quantity_of(role) == "current" else "V",
        lsb=front_end.scale_of(role),
        range=card.range_v / volts_per_unit,
        noise_rms=card.noise_v / volts_per_unit,
        gain_bound_ratio=card.gain_bound_ratio,
        offset_bound=(card.offset_bound_v + card.drift_per_hour_v) / volts_per_unit,
        inl_bound=card.inl_bound_v / volts_per_unit,
        filter_tau_s=front_end.tau_s(rate_hz),
        rate_hz=rate_hz,
        timebase_bound_ratio=timebase_bound_ratio,
        drift_per_hour=card.drift_per_hour_v / volts_per_unit,
        polarity_gain_ratio=card.polarity_gain_bound_ratio,
        volts_per_unit=volts_per_unit,
        inl_table=card.inl_table,
    )

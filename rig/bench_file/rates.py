"""How fast a card samples a number of inputs."""

from rig.bench_file.drivers import PRODUCTS


def fastest_hz(product: str, inputs: int) -> float:
    """Most samples a second of each of `inputs` inputs; 0 for a card that is not known, or no input.

    A multiplexed card shares one converter; a simultaneous one has a converter an input.
    """
    card = PRODUCTS.get(product)
    if card is None or inputs < 1:
        return 0.0
    if inputs == 1:
        return card.input_rate_hz
    return min(card.input_rate_hz, card.aggregate_rate_hz / inputs)

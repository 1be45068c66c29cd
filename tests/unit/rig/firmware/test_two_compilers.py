"""What the reference firmware does follows from its sources: another compiler makes the same pulses of them."""

import pytest
from emulated_box import CLOSED_V, OPEN_V, EmulatedBox

from rig.firmware.building.builds import boards, build_variant, reference_image
from rig.firmware.building.toolchain import find_arm_compiler
from sim.errors import BenchError

STEPS = 3


def walked(image, board):
    """Steps on a board: what the output did, and what was told on the line."""
    box = EmulatedBox(image, board)
    box.run(0.3)
    for _ in range(STEPS):
        box.values["heel_switch"] = OPEN_V
        box.run(0.45)
        box.values["heel_switch"] = CLOSED_V
        box.run(0.75)
    assert box.faults == []
    return box.drives, box.uart


@pytest.mark.proof
@pytest.mark.parametrize("board", boards())
def test_images_of_two_compilers_give_the_same_pulses(board):
    """clang's and gcc's code take different time, so edges may differ by that: under 5 us, and nothing else."""
    try:
        other = build_variant((), board, find_arm_compiler("gcc"))
    except BenchError as error:
        pytest.skip(str(error))
    (drives, told), (others, told_too) = walked(reference_image(board), board), walked(other, board)
    assert len(drives) > STEPS * 40
    assert [current for _, current in drives] == [current for _, current in others]
    differences = [abs(one - two) for (one, _), (two, _) in zip(drives, others, strict=True)]
    assert max(differences) < 5e-6
    assert told == told_too
    print(f"two compilers, {board}: {len(drives)} edges alike, at most {max(differences) * 1e6:.1f} us apart")

"""Names from SVD files: arrays, clusters and derived peripherals; every bad file is one clear error."""

from dataclasses import replace
from pathlib import Path

import pytest

from rig.firmware.machine.chips import CHIPS
from rig.firmware.machine.svd import read_svd
from sim.errors import ScenarioError

GOOD = """<device><name>X</name><peripherals>
<peripheral><name>TIM8</name><baseAddress>0x40010400</baseAddress><registers>
 <register><name>CONTROL</name><addressOffset>0x0</addressOffset></register>
 <register><dim>2</dim><dimIncrement>4</dimIncrement><dimIndex>A,B</dimIndex>
  <name>CMP%s</name><addressOffset>0x34</addressOffset></register>
 <cluster><dim>2</dim><dimIncrement>0x10</dimIncrement><name>CH[%s]</name><addressOffset>64</addressOffset>
  <register><name>CFG</name><addressOffset>#100</addressOffset></register></cluster>
</registers></peripheral>
<peripheral derivedFrom="TIM8"><name>TIM20</name><baseAddress>0x40015000</baseAddress></peripheral>
</peripherals></device>"""


def written(folder: Path, text: str) -> Path:
    path = folder / "chip.svd"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_and_addresses(tmp_path: Path):
    """By hand from the schema: base + offset + index * increment; a derived peripheral has the same registers."""
    names = read_svd(written(tmp_path, GOOD))
    assert names == {
        base + offset: f"{name}.{register}"
        for name, base in (("TIM8", 0x40010400), ("TIM20", 0x40015000))
        for offset, register in ((0, "CONTROL"), (0x34, "CMPA"), (0x38, "CMPB"), (0x44, "CH0.CFG"), (0x54, "CH1.CFG"))
    }


def test_a_file_that_is_given_speaks_before_the_manual(tmp_path: Path):
    """Names of the file first; what it does not know keeps its name of the manual."""
    chip = replace(CHIPS["stm32f405"], register_names=read_svd(written(tmp_path, GOOD)))
    assert chip.register_name(0x40010402) == "TIM8.CONTROL"
    assert chip.register_name(0x40010404) == "TIM8.CR2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<device><periph", "chip.svd:1:9: is not XML"),
        ("<html></html>", "it describes a <html>"),
        (GOOD.replace("0x40010400", "here"), "<baseAddress> of TIM8 is `here`, which is no number"),
        (GOOD.replace("<name>CONTROL</name>", ""), "a register of TIM8 has no <name>"),
        (GOOD.replace('derivedFrom="TIM8"', 'derivedFrom="TIM9"'), "TIM20 is derived from TIM9, which is not there"),
        (GOOD.replace("<addressOffset>0x0</addressOffset>", ""), "TIM8.CONTROL has no <addressOffset>"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path: Path, text: str, told: str):
    """With the place in the file, or the peripheral."""
    with pytest.raises(ScenarioError) as caught:
        read_svd(written(tmp_path, text))
    assert told in str(caught.value)


def test_a_missing_file(tmp_path: Path):
    """No traceback: the path and what the system says."""
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_svd(tmp_path / "none.svd")

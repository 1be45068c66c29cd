"""Names of the registers of every peripheral, so that an access can be told in the words of the reference manual.

Source: RM0090 rev 19 and RM0390 rev 6, the register map that ends each chapter.
"""

from collections.abc import Mapping


def _row(words: str, start: int = 0) -> dict[int, str]:
    """Names of words that follow each other; a dash is reserved."""
    return {start + 4 * place: word for place, word in enumerate(words.split()) if word != "-"}


def _dma() -> dict[int, str]:
    names = _row("LISR HISR LIFCR HIFCR")
    for stream in range(8):
        words = " ".join(f"S{stream}{word}" for word in ("CR", "NDTR", "PAR", "M0AR", "M1AR", "FCR"))
        names |= _row(words, 0x10 + 0x18 * stream)
    return names


_RCC = (
    "CR PLLCFGR CFGR CIR AHB1RSTR AHB2RSTR AHB3RSTR - APB1RSTR APB2RSTR - - AHB1ENR AHB2ENR AHB3ENR - APB1ENR APB2ENR"
    " - - AHB1LPENR AHB2LPENR AHB3LPENR - APB1LPENR APB2LPENR - - BDCR CSR - - SSCGR PLLI2SCFGR PLLSAICFGR DCKCFGR"
    " CKGATENR DCKCFGR2"
)
_RTC = (
    "TR DR CR ISR PRER WUTR CALIBR ALRMAR ALRMBR WPR SSR SHIFTR TSTR TSDR TSSSR CALR TAFCR ALRMASSR ALRMBSSR - "
    + " ".join(f"BKP{place}R" for place in range(20))
)

REGISTER_NAMES: Mapping[str, Mapping[int, str]] = {
    "adc": _row("SR CR1 CR2 SMPR1 SMPR2 JOFR1 JOFR2 JOFR3 JOFR4 HTR LTR SQR1 SQR2 SQR3 JSQR JDR1 JDR2 JDR3 JDR4 DR"),
    "adc_common": _row("CSR CCR CDR"),
    "can": _row("MCR MSR TSR RF0R RF1R IER ESR BTR"),
    "crc": _row("DR IDR CR"),
    "dac": _row(
        "CR SWTRIGR DHR12R1 DHR12L1 DHR8R1 DHR12R2 DHR12L2 DHR8R2 DHR12RD DHR12LD DHR8RD DOR1 DOR2 SR",
    ),
    "dbgmcu": _row("IDCODE CR APB1FZ APB2FZ"),
    "dma": _dma(),
    "exti": _row("IMR EMR RTSR FTSR SWIER PR"),
    "flash": _row("ACR KEYR OPTKEYR SR CR OPTCR"),
    "gpio": _row("MODER OTYPER OSPEEDR PUPDR IDR ODR BSRR LCKR AFRL AFRH"),
    "i2c": _row("CR1 CR2 OAR1 OAR2 DR SR1 SR2 CCR TRISE FLTR"),
    "iwdg": _row("KR PR RLR SR"),
    "pwr": _row("CR CSR"),
    "rcc": _row(_RCC),
    "rng": _row("CR SR DR"),
    "rtc": _row(_RTC),
    "sdio": _row("POWER CLKCR ARG CMD RESPCMD RESP1 RESP2 RESP3 RESP4 DTIMER DLEN DCTRL DCOUNT STA ICR MASK"),
    "spi": _row("CR1 CR2 SR DR CRCPR RXCRCR TXCRCR I2SCFGR I2SPR"),
    "syscfg": _row("MEMRMP PMC EXTICR1 EXTICR2 EXTICR3 EXTICR4 - - CMPCR - - CFGR"),
    "timer": _row(
        "CR1 CR2 SMCR DIER SR EGR CCMR1 CCMR2 CCER CNT PSC ARR RCR CCR1 CCR2 CCR3 CCR4 BDTR DCR DMAR OR",
    ),
    "usart": _row("SR DR BRR CR1 CR2 CR3 GTPR"),
    "wwdg": _row("CR CFR SR"),
}
"""Layout -> offset -> name."""


def name_in(layout: str, offset: int) -> str:
    """Name of the register at an offset; where the manual has none, the offset itself."""
    name = REGISTER_NAMES.get(layout, {}).get(offset & ~3)
    return name if name is not None else f"+{offset:#05x}"

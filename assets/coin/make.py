"""Draws `coin.woff2`: one letter, the coin (U+1FA99), for systems whose own emoji are older than it.

python3 -m venv VENV && VENV/bin/pip install fonttools brotli && VENV/bin/python make.py
"""

from math import cos, pi, sin
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1000
ASCENT, DESCENT = 800, -200
WIDTH = 1000
MIDDLE = (500, 300)
# In the seconds since 1904 that fonts count: the same file comes out each time.
UNIX_BEGAN = 2_082_844_800
GOLD_RIM, GOLD_FACE, GOLD_MARK = (0.66, 0.42, 0.02, 1.0), (0.95, 0.72, 0.22, 1.0), (0.78, 0.53, 0.06, 1.0)


def main() -> None:
    glyphs = {
        ".notdef": empty(),
        "coin": disc(440),
        "rim": disc(440),
        "face": disc(372),
        "mark": pillars(),
    }
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({0x1FA99: "coin"})
    font.setupGlyf(glyphs)
    # A glyph is shifted so that it begins at its bearing: at its own left edge, layers lie on each other.
    font.setupHorizontalMetrics({name: (WIDTH, getattr(glyph, "xMin", 0)) for name, glyph in font.font["glyf"].glyphs.items()})
    font.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    font.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    font.setupNameTable({"familyName": "Guildhall Coin", "styleName": "Regular"})
    font.setupPost()
    font.setupCOLR({"coin": [("rim", 0), ("face", 1), ("mark", 2)]})
    font.setupCPAL([[GOLD_RIM, GOLD_FACE, GOLD_MARK]])
    font.font["head"].created = font.font["head"].modified = UNIX_BEGAN
    font.font.flavor = "woff2"
    font.font.recalcTimestamp = False
    font.save(Path(__file__).with_name("coin.woff2"))


def empty():
    return TTGlyphPen(None).glyph()


def disc(radius: int):
    """A circle of eight quadratic arcs."""
    pen = TTGlyphPen(None)
    middle_x, middle_y = MIDDLE
    outer = radius / cos(pi / 8)

    def at(length: float, turn: float) -> tuple[int, int]:
        return round(middle_x + length * cos(turn)), round(middle_y + length * sin(turn))

    pen.moveTo(at(radius, 0))
    for arc in range(8):
        turn = -arc * pi / 4
        pen.qCurveTo(at(outer, turn - pi / 8), at(radius, turn - pi / 4))
    pen.closePath()
    return pen.glyph()


def pillars():
    """The hall of the mark: a gable, three pillars, a step."""
    pen = TTGlyphPen(None)
    gable = [(500, 540), (300, 410), (300, 370), (700, 370), (700, 410)]
    bars = [[(x, 350), (x + 60, 350), (x + 60, 160), (x, 160)] for x in (330, 470, 610)]
    step = [(290, 140), (710, 140), (710, 90), (290, 90)]
    for shape in [gable, *bars, step]:
        pen.moveTo(shape[0])
        for point in shape[1:]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


if __name__ == "__main__":
    main()

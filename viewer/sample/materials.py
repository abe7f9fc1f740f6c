"""What everything is made of."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.sample import pictures, textures
from viewer.sample.textures import Color, Texture, seed_of


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """How a surface looks, and how light passes it."""

    name: str
    texture: Texture
    gloss: float = 0.0
    """Reflectance straight on, 0 for dull surfaces; that of a metal or mirror is coloured by its texture."""
    roughness: float = 0.1
    """How far reflections are scattered; below 0.03 they are sharp."""
    is_metal: bool = False
    glow: Color = (0.0, 0.0, 0.0)
    """Emitted radiance, linear."""
    is_clear: bool = False
    """Glass: one sees and the light goes through."""


def _metal(name: str, color: Color, roughness: float, variation: float = 0.02) -> Material:
    return Material(name, textures.plain(color, seed_of(name), variation), 0.9, roughness, is_metal=True)


def _plain(
    name: str, color: Color, variation: float = 0.03, gloss: float = 0.0, relief: float = 0.0
) -> Material:
    return Material(name, textures.plain(color, seed_of(name), variation, relief=relief), gloss)


def _cloth(
    name: str, color: Color, thread: float = 0.0022, contrast: float = 0.22, melange: float = 0.05
) -> Material:
    return Material(name, textures.weave(color, seed_of(name), thread, contrast, melange))


def _wood(name: str, light: Color, dark: Color, gloss: float = 0.035, contrast: float = 1.0) -> Material:
    return Material(name, textures.wood(light, dark, seed_of(name), contrast=contrast), gloss)


CREAM, RUST, INK, SAND, SAGE, MUSTARD = (
    (0.90, 0.86, 0.76),
    (0.70, 0.36, 0.22),
    (0.16, 0.20, 0.27),
    (0.80, 0.68, 0.52),
    (0.50, 0.58, 0.47),
    (0.83, 0.62, 0.24),
)
BINDINGS: tuple[tuple[str, Color, Color], ...] = (
    ("red", (0.56, 0.17, 0.14), (0.86, 0.72, 0.40)),
    ("blue", (0.15, 0.27, 0.42), (0.90, 0.88, 0.82)),
    ("green", (0.17, 0.34, 0.27), (0.86, 0.72, 0.40)),
    ("ochre", (0.78, 0.58, 0.28), (0.28, 0.18, 0.12)),
    ("black", (0.16, 0.16, 0.18), (0.85, 0.85, 0.82)),
    ("cream", (0.87, 0.83, 0.74), (0.55, 0.22, 0.16)),
)
"""Name, cloth and lettering of book covers."""
TEAL, ROSE = (0.18, 0.40, 0.42), (0.80, 0.55, 0.48)


def all_materials() -> tuple[Material, ...]:
    """Every material of the sample flat, in the order of their ids."""
    return (
        *_building(),
        *_wood_and_stone(),
        *_metals_and_glass(),
        *_fabrics(),
        *_carpets(),
        *_small_things(),
        *_art(),
    )


def _building() -> tuple[Material, ...]:
    return (
        _plain("plaster_white", (0.91, 0.895, 0.865), 0.008),
        _plain("plaster_sage", (0.60, 0.66, 0.57), 0.01),
        _plain("plaster_clay", (0.80, 0.64, 0.54), 0.01),
        _plain("plaster_blue", (0.62, 0.72, 0.78), 0.01),
        _plain("plaster_grey", (0.76, 0.76, 0.74), 0.01),
        _plain("plaster_facade", (0.86, 0.80, 0.70), 0.03),
        _plain("ceiling_paint", (0.93, 0.925, 0.91), 0.004),
        Material("oak_planks", textures.planks((0.80, 0.63, 0.44), (0.55, 0.38, 0.23), 11), 0.045),
        Material(
            "tile_floor",
            textures.tiles((0.66, 0.63, 0.59), (0.50, 0.48, 0.45), 12, (2, 2), (0.6, 0.6), veins=0.12),
            0.05,
        ),
        Material(
            "tile_bath_floor",
            textures.tiles(
                (0.36, 0.40, 0.42), (0.62, 0.62, 0.60), 13, (8, 8), (0.1, 0.1), variation=0.12, width=0.004
            ),
            0.05,
        ),
        Material(
            "tile_bath_wall",
            textures.tiles(
                (0.78, 0.85, 0.82), (0.88, 0.88, 0.86), 14, (4, 8), (0.2, 0.1), variation=0.035, offset=True
            ),
            0.06,
        ),
        Material(
            "tile_metro",
            textures.tiles(
                (0.90, 0.89, 0.86), (0.72, 0.70, 0.67), 15, (4, 8), (0.15, 0.075), variation=0.02, offset=True
            ),
            0.06,
        ),
        _plain("lacquer_white", (0.90, 0.89, 0.87), 0.006, 0.04),
        _plain("lacquer_sage", (0.38, 0.46, 0.39), 0.008, 0.03),
        _plain("lacquer_cream", (0.88, 0.82, 0.68), 0.006, 0.05),
        _plain("concrete", (0.62, 0.61, 0.58), 0.08),
    )


def _wood_and_stone() -> tuple[Material, ...]:
    return (
        _wood("oak", (0.79, 0.61, 0.41), (0.58, 0.40, 0.24)),
        _wood("walnut", (0.49, 0.31, 0.20), (0.25, 0.14, 0.09)),
        _wood("pine", (0.88, 0.72, 0.50), (0.74, 0.53, 0.31), contrast=0.8),
        _wood("wood_honey", (0.78, 0.50, 0.25), (0.56, 0.30, 0.13), 0.06),
        _plain("bark", (0.40, 0.31, 0.23), 0.25),
        _plain("cork", (0.70, 0.52, 0.34), 0.2),
        Material("stone_counter", textures.marble((0.88, 0.86, 0.83), (0.52, 0.50, 0.48), 21), 0.06),
        Material(
            "stone_sill",
            textures.speckled((0.72, 0.70, 0.66), (0.45, 0.43, 0.40), (0.88, 0.86, 0.82), 22),
            0.04,
        ),
    )


def _metals_and_glass() -> tuple[Material, ...]:
    clear = textures.plain((0.85, 0.90, 0.90), 31, 0.0)
    return (
        _metal("steel", (0.74, 0.73, 0.71), 0.18),
        _metal("chrome", (0.86, 0.87, 0.88), 0.01, 0.0),
        _metal("brass", (0.84, 0.66, 0.36), 0.12),
        _plain("black_metal", (0.10, 0.10, 0.105), 0.03, 0.04),
        Material("mirror", textures.plain((0.95, 0.95, 0.95), 32, 0.0), 0.95, 0.0, is_metal=True),
        Material("glass", clear, 0.05, 0.0, is_clear=True),
        Material("glass_clear", clear, 0.05, 0.0, is_clear=True),
        Material(
            "glass_frosted",
            textures.plain((0.86, 0.90, 0.90), 33, 0.01),
            0.04,
            glow=(1.9, 2.1, 2.25),
        ),
        _plain("glass_green", (0.09, 0.20, 0.12), 0.02, 0.06),
        Material("screen", textures.plain((0.03, 0.03, 0.035), 34, 0.0), 0.06, 0.01),
    )


def _fabrics() -> tuple[Material, ...]:
    return (
        _cloth("fabric_grey", (0.56, 0.55, 0.53), 0.0035, 0.2, 0.07),
        _cloth("fabric_charcoal", (0.27, 0.28, 0.30), 0.0035, 0.2, 0.07),
        _cloth("fabric_mustard", MUSTARD, 0.003),
        _cloth("fabric_cream", (0.88, 0.84, 0.76), 0.004, 0.3),
        _cloth("fabric_rust", RUST, 0.003),
        _cloth("fabric_teal", TEAL, 0.003),
        _cloth("fabric_navy", (0.17, 0.22, 0.32), 0.003),
        _cloth("linen_white", (0.93, 0.92, 0.89), 0.002, 0.06, 0.02),
        _cloth("linen_duvet", (0.72, 0.74, 0.72), 0.002, 0.08, 0.03),
        Material(
            "stripe_duvet",
            textures.stripes(
                ((0.90, 0.88, 0.82), (0.34, 0.50, 0.62), (0.90, 0.88, 0.82), (0.85, 0.55, 0.36)),
                (0.06, 0.03, 0.06, 0.012),
                41,
            ),
        ),
        Material(
            "linen_curtain",
            textures.weave((0.90, 0.86, 0.78), 42, 0.003, 0.1, 0.02),
        ),
        _cloth("curtain_rust", (0.74, 0.47, 0.33), 0.003, 0.1, 0.02),
        _cloth("curtain_blue", (0.36, 0.48, 0.58), 0.003, 0.1, 0.02),
        Material("knit_throw", textures.knit((0.76, 0.58, 0.34), 43)),
        Material("shower_cloth", textures.stripes(((0.93, 0.93, 0.9), (0.55, 0.68, 0.66)), (0.10, 0.02), 44)),
        _plain("towel_white", (0.92, 0.91, 0.88), 0.06, relief=0.002),
        _plain("towel_sage", (0.48, 0.58, 0.50), 0.08, relief=0.002),
        _plain("towel_rust", (0.74, 0.44, 0.32), 0.08, relief=0.002),
        _plain("coat_wool", (0.33, 0.29, 0.26), 0.10),
        _plain("coat_navy", (0.14, 0.18, 0.27), 0.08),
        _plain("coat_yellow", (0.86, 0.66, 0.16), 0.04, 0.03),
        _plain("leather_brown", (0.46, 0.28, 0.17), 0.12, 0.035),
        _plain("teddy_fur", (0.64, 0.45, 0.28), 0.18, relief=0.003),
    )


def _carpets() -> tuple[Material, ...]:
    return (
        Material(
            "carpet_persian",
            textures.persian(
                51, (0.45, 0.12, 0.11), (0.14, 0.20, 0.30), (0.70, 0.45, 0.24), (0.84, 0.77, 0.63)
            ),
        ),
        Material(
            "carpet_runner",
            textures.persian(
                52, (0.20, 0.26, 0.28), (0.50, 0.22, 0.16), (0.76, 0.58, 0.36), (0.84, 0.79, 0.68)
            ),
        ),
        Material("carpet_wool", textures.shag((0.83, 0.79, 0.72), 53)),
        Material(
            "carpet_rings",
            textures.ringed_rug(
                54, ((0.80, 0.73, 0.60), (0.66, 0.56, 0.42), (0.80, 0.73, 0.60), (0.42, 0.45, 0.42))
            ),
        ),
        Material("carpet_dots", textures.dotted_rug(55, (0.86, 0.83, 0.76), (ROSE, MUSTARD, TEAL, SAGE))),
        Material("bath_mat", textures.shag((0.85, 0.86, 0.83), 56)),
    )


def _small_things() -> tuple[Material, ...]:
    return (
        _plain("ceramic_white", (0.93, 0.93, 0.91), 0.004, 0.06),
        _plain("ceramic_terracotta", (0.70, 0.41, 0.28), 0.06, 0.02),
        _plain("ceramic_blue", (0.20, 0.33, 0.45), 0.10, 0.06),
        Material(
            "stoneware",
            textures.speckled((0.78, 0.73, 0.65), (0.45, 0.38, 0.32), (0.88, 0.85, 0.8), 61, 0.25),
            0.035,
        ),
        _plain("enamel_red", (0.66, 0.12, 0.09), 0.01, 0.06),
        _plain("plastic_black", (0.06, 0.06, 0.065), 0.02, 0.035),
        _plain("plastic_white", (0.90, 0.90, 0.88), 0.005, 0.035),
        _plain("plastic_red", (0.75, 0.13, 0.11), 0.01, 0.04),
        _plain("plastic_yellow", (0.93, 0.73, 0.12), 0.01, 0.04),
        _plain("plastic_blue", (0.13, 0.33, 0.63), 0.01, 0.04),
        _plain("plastic_green", (0.22, 0.52, 0.27), 0.01, 0.04),
        _plain("rubber", (0.17, 0.165, 0.16), 0.03),
        _plain("toy_ball", (0.88, 0.42, 0.22), 0.02, 0.03),
        Material("wicker", textures.basketry((0.80, 0.63, 0.40), (0.45, 0.31, 0.17), 62)),
        _plain("soil", (0.17, 0.12, 0.09), 0.35, relief=0.004),
        Material("leaf_dark", textures.blade((0.24, 0.42, 0.17), (0.10, 0.25, 0.10), 63), 0.03),
        Material("leaf_light", textures.blade((0.45, 0.60, 0.25), (0.26, 0.44, 0.16), 64), 0.02),
        Material("leaf_striped", textures.blade((0.42, 0.52, 0.30), (0.13, 0.25, 0.14), 65, 0.5), 0.03),
        _plain("paper", (0.92, 0.90, 0.85), 0.02),
        _plain("page_edges", (0.90, 0.87, 0.78), 0.10),
        *(
            Material(f"book_{name}", textures.book_cover(seed_of(name), band, color))
            for name, color, band in BINDINGS
        ),
        Material("book_cloth", textures.book_cover(66, (0.86, 0.72, 0.40))),
        Material("book_cloth_b", textures.book_cover(67, (0.98, 0.96, 0.92))),
        _plain("cardboard", (0.68, 0.53, 0.37), 0.05),
        _plain("wax", (0.94, 0.90, 0.80), 0.02, 0.02),
        _plain("fruit_skin", (0.95, 0.95, 0.95), 0.10, 0.04),
        _plain("bread_crust", (0.72, 0.47, 0.23), 0.22),
        Material(
            "lamp_shade",
            textures.weave((0.93, 0.86, 0.74), 68, 0.002, 0.1, 0.05),
            glow=(2.6, 1.75, 1.0),
        ),
        Material(
            "lamp_paper",
            textures.plain((0.96, 0.94, 0.90), 69, 0.03),
            glow=(3.4, 2.75, 2.05),
        ),
        Material(
            "bulb",
            textures.plain((1.0, 0.96, 0.88), 70, 0.0),
            glow=(14.0, 10.5, 6.5),
        ),
    )


def _art() -> tuple[Material, ...]:
    mist = ((0.93, 0.80, 0.62), (0.55, 0.68, 0.76))
    return (
        Material(
            "art_hills",
            pictures.hills(
                71,
                mist,
                ((0.62, 0.62, 0.60), (0.42, 0.48, 0.48), (0.27, 0.35, 0.34), (0.15, 0.21, 0.20)),
                (0.98, 0.90, 0.70),
            ),
        ),
        Material(
            "art_dusk",
            pictures.hills(
                77,
                ((0.92, 0.58, 0.42), (0.24, 0.27, 0.44)),
                ((0.52, 0.36, 0.42), (0.32, 0.24, 0.34), (0.16, 0.13, 0.22)),
                (1.0, 0.85, 0.6),
            ),
        ),
        Material("art_blocks", pictures.blocks(72, CREAM, (RUST, INK, MUSTARD, SAGE, SAND))),
        Material("art_arches", pictures.blocks(78, (0.84, 0.76, 0.66), (TEAL, ROSE, CREAM, RUST))),
        Material("art_brush", pictures.brushwork(73, ((0.12, 0.24, 0.34), TEAL, SAND, CREAM, RUST))),
        Material("art_botanical", pictures.botanical(74, (0.93, 0.91, 0.85), (0.22, 0.34, 0.24))),
        Material("art_botanical_b", pictures.botanical(79, (0.93, 0.91, 0.85), (0.42, 0.30, 0.20))),
        Material(
            "art_poster", pictures.alphabet_poster(75, (0.95, 0.93, 0.87), (RUST, TEAL, MUSTARD, SAGE, ROSE))
        ),
        Material("screen_on", pictures.desktop(76), 0.04, glow=(0.5, 0.55, 0.65)),
    )

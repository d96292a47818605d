"""How skin heals, in words: what is normal, what helps, what waits, and when to call.

The one place for these sentences: the diary, the page to keep and the messages all say them.
"""

from flask_babel import gettext as _

from spa.domain.healing import AGAIN, Avoid, Care, Sign, Stage


def normal(stage: Stage) -> str:
    """What is usual in this stage."""
    return {
        Stage.HOT: _(
            "Hot and flushed, with pinpoint marks. It is strongest in the first hour, "
            "while the numbing wears off, and calms down from there."
        ),
        Stage.PINK: _("Pink and tight, like after a day in the sun."),
        Stage.DRY: _(
            "The pink fades. Skin feels dry, a little like sandpaper, and light flaking may begin."
        ),
        Stage.FLAKING: _(
            "Flaking comes to its end. Tiny scabs or bruises may stay for seven to ten days."
        ),
        Stage.CALM: _("For most people the skin is calm again, and the first glow shows."),
        Stage.CHANGING: _(
            "What changes, changes slowly: it is first seen after two to six weeks, "
            "and differs from person to person."
        ),
        Stage.LASTING: _("The best result shows three to six months after the last session."),
    }[stage]


def stage_name(stage: Stage) -> str:
    """A stage in a word or two."""
    return {
        Stage.HOT: _("The first hours"),
        Stage.PINK: _("Like a sunburn"),
        Stage.DRY: _("Dry days"),
        Stage.FLAKING: _("The end of flaking"),
        Stage.CALM: _("Calm again"),
        Stage.CHANGING: _("Slow change"),
        Stage.LASTING: _("The result"),
    }[stage]


def good(care: Care) -> str:
    """What to do."""
    return {
        Care.HANDS_OFF: _("Hands off, and a clean pillowcase tonight."),
        Care.ONLY_GIVEN: _("Only what we gave you goes on the skin."),
        Care.SHADE: _("Stay in the shade, with a hat outside."),
        Care.WASH: _("Lukewarm water and a gentle cleanser."),
        Care.MOISTURISE: _("A plain moisturiser as often as it feels dry."),
        Care.LET_FLAKE: _("No picking or rubbing: flakes go by themselves."),
        Care.SUNSCREEN: _("Mineral sunscreen, SPF 30 or more, every morning."),
        Care.ROUTINE: _(
            "If your skin is calm: back to your usual products, one after the other. "
            "Is it still red or sore? Call us."
        ),
        Care.SUNSCREEN_ON: _("Sunscreen, SPF 30 or more, stays a good idea."),
        Care.PLAN_NEXT: _("Another session on the same area is possible, 28 days after this one."),
    }[care]


def waits(what: Avoid) -> str:
    """What is left alone for now."""
    return {
        Avoid.ALCOHOL: _("Alcohol"),
        Avoid.MAKE_UP: _("Make-up"),
        Avoid.SPORT: _("Sport that makes you sweat"),
        Avoid.SAUNA_AND_POOL: _("Sauna and pool"),
        Avoid.ACTIVES: _("Retinoids, acids, vitamin C, scrubs, brushes, waxing"),
        Avoid.STRONG_SUN: _("Strong sun and sunbeds"),
        Avoid.INJECTIONS: _("Botox and filler"),
    }[what]


def sign(code: Sign) -> str:
    """What does not look right, as a client would say it."""
    return {
        Sign.PAIN: _("Pain that gets worse"),
        Sign.HEAT: _("Heat that gets worse"),
        Sign.SWELLING: _("Swelling that gets worse"),
        Sign.PUS: _("Pus"),
        Sign.BLISTERS: _("Blisters"),
        Sign.FEVER: _("Fever"),
        Sign.RASH: _("A rash for longer than a week"),
        Sign.COLD_SORE: _("A cold sore"),
        Sign.MARKS: _("Dark marks, lines or hard lumps that stay"),
        Sign.BREATHING: _("Trouble breathing"),
        Sign.FACE: _("My face is swelling up"),
    }[code]


def aftercare() -> list[str]:
    """What to expect after a session and what to leave alone, in short."""
    return [
        _("Plan one to three quiet days: skin looks sunburnt, then dry and a little flaky."),
        _("For the first day: hands off, lukewarm water, no make-up, sun, sport or alcohol."),
        _("From the second day: plain moisturiser and mineral sunscreen, SPF 30 or more."),
        _(
            "Make-up and sweating wait until day %(first)s, sauna and pool until day %(second)s.",
            first=AGAIN[Avoid.MAKE_UP],
            second=AGAIN[Avoid.SAUNA_AND_POOL],
        ),
        _("No retinoids, acids, scrubs or vitamin C for about a week."),
    ]


def warnings() -> list[str]:
    """When to call, in every message after a visit; infection signs as in SKINPEN-DIARY."""
    return [
        _(
            "Rising pain, heat, swelling, pus, blisters, fever, a cold sore, or a rash that stays "
            "longer than a week: call us or a doctor."
        ),
        _("Trouble breathing or a swelling face: call the emergency number."),
    ]


def meanwhile() -> list[str]:
    """What to do until somebody has looked."""
    return [
        _("Leave the skin alone: hands off, no make-up, nothing new on it."),
        _("If it gets worse, don't wait for us: call us or a doctor at once."),
        _("Trouble breathing or a swelling face: call the emergency number."),
    ]

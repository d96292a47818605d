"""The words and people of the demo studio: its menu, its team, its clients, all made up."""

from typing import NamedTuple

ZONE = "America/New_York"
LANGUAGE = "en"
CURRENCY = "USD"

STUDIO = {
    "slug": "larkmoss",
    "name": "Larkmoss Skin Studio",
    "tagline": "Careful microneedling, with time to rest",
    "address": "48 Alder Row, second floor\nNew York, NY 10012",
    "phone": "+12125550150",
    "email": "hello@example.com",
    "zone": ZONE,
    "currency": CURRENCY,
    "country": "US",
    "language": LANGUAGE,
    "is_demo": True,
}

# Weekday (Monday is 0), from and to in minutes since midnight.
OPENING_HOURS = (
    (0, 600, 1140),
    (1, 600, 1140),
    (2, 600, 1140),
    (3, 600, 1260),
    (4, 600, 1140),
    (5, 540, 1020),
)
CLOSURE_REASON = "The floors are being oiled"
TIME_OFF_REASON = "Family visit"


class StepPlan(NamedTuple):
    """One step of a treatment."""

    kind: str
    minutes: int
    needs_practitioner: bool = True
    needs_device: bool = False


class TreatmentPlan(NamedTuple):
    """One line of the menu; `share` is how often it is what a returning client comes for."""

    slug: str
    name: str
    price_minor: int
    steps: tuple[StepPlan, ...]
    turnover_minutes: int
    share: int
    summary: str
    about: str

    @property
    def is_needling(self) -> bool:
        """Says whether needles are used."""
        return any(step.kind == "needle" for step in self.steps)


FACE, LIGHT, SCAR, NECK = (
    "facial-microneedling",
    "facial-red-light",
    "acne-scars",
    "neck-decollete",
)
EYES, BODY, CONSULTATION, CHECK = (
    "eye-area",
    "stretch-marks",
    "skin-consultation",
    "skin-and-patch-check",
)
DAYS_BETWEEN = 28

TREATMENTS = (
    TreatmentPlan(
        slug=FACE,
        name="Facial microneedling",
        price_minor=27500,
        steps=(
            StepPlan("settle", 10),
            StepPlan("numb", 20, needs_practitioner=False),
            StepPlan("needle", 20),
            StepPlan("calm", 10),
        ),
        turnover_minutes=15,
        share=10,
        summary="An hour for the whole face; over a course it can soften fine lines and texture.",
        about="""\
Very fine needles make tiny channels in the upper layers of the skin. As they heal, the skin \
forms new collagen. Skin can look fuller for a day or two; the lasting change in texture and \
fine lines builds over two to six months and several sessions. Deep folds change little.

Numbing cream works for twenty minutes before we begin. Most people then feel pressure or \
prickling, more over bone. The cartridge is sterile, used once, and opened in front of you.

Afterwards skin looks sunburnt for one to three days, sometimes up to five, and may flake for \
about a week. Plan three to six sessions, at least four weeks apart. Results vary.""",
    ),
    TreatmentPlan(
        slug=LIGHT,
        name="Facial microneedling with red light",
        price_minor=32500,
        steps=(
            StepPlan("settle", 10),
            StepPlan("numb", 20, needs_practitioner=False),
            StepPlan("needle", 20),
            StepPlan("led", 20, needs_practitioner=False, needs_device=True),
            StepPlan("calm", 5),
        ),
        turnover_minutes=15,
        share=4,
        summary="The facial session, followed by twenty quiet minutes under a red light panel.",
        about="""\
This is our facial session with a longer, quieter ending. When the needling is done you lie \
back under a panel of red light for twenty minutes before we go through your aftercare.

Think of the light as a comfort. The study we know of looked at redness in ten people, after a \
laser and not after needling, so we don't promise that you will heal faster. What changes the \
skin over the months is the needling.

The days after are the same as without the light: one to three days like sunburn, then some \
flaking. Three to six sessions, at least four weeks apart.""",
    ),
    TreatmentPlan(
        slug=SCAR,
        name="Acne scar session",
        price_minor=35000,
        steps=(
            StepPlan("settle", 10),
            StepPlan("numb", 35, needs_practitioner=False),
            StepPlan("needle", 20),
            StepPlan("serum", 5),
            StepPlan("calm", 5),
        ),
        turnover_minutes=15,
        share=5,
        summary="For shallow, sunken acne scars; a course can soften them but does not erase them.",
        about="""\
Sunken scars are the use with the best evidence: in a review of 58 studies with 1,845 people, \
scars improved. Wide, shallow ones respond well and narrow, deep ones only modestly. Raised \
scars are not treated with needles.

Numbing cream works for 35 minutes in this session, and one of our senior practitioners does \
the needling. A plain hyaluronic serum follows. Expect one to three days that look like \
sunburn, sometimes up to five.

It is for the marks left after acne. If you have painful or inflamed breakouts now, we will ask \
you to wait until they have cleared, or to see a dermatologist. Four to six sessions, at least \
four weeks apart, are usual.""",
    ),
    TreatmentPlan(
        slug=NECK,
        name="Neck and décolleté",
        price_minor=32500,
        steps=(
            StepPlan("settle", 10),
            StepPlan("numb", 30, needs_practitioner=False),
            StepPlan("needle", 25),
            StepPlan("calm", 10),
        ),
        turnover_minutes=15,
        share=3,
        summary="A session that may help the look of fine lines on the neck and upper chest.",
        about="""\
Neck and upper chest are treated in one session. In a small trial of four monthly sessions on \
face and neck, skin was more elastic three months later. That trial had no comparison group, so \
read it as encouraging, no more.

In the United States one needling pen is authorised for lines on the neck, for some skin types. \
We found no such authorisation for the décolleté; there it may help the look of the skin, and \
we promise less.

Redness can last longer here than on the face. Plan three or four sessions, at least four weeks \
apart.""",
    ),
    TreatmentPlan(
        slug=EYES,
        name="Eye area",
        price_minor=17500,
        steps=(
            StepPlan("settle", 10),
            StepPlan("numb", 20, needs_practitioner=False),
            StepPlan("needle", 10),
            StepPlan("calm", 5),
        ),
        turnover_minutes=15,
        share=2,
        summary="A short, careful session that may help the look of fine lines around the eyes.",
        about="""\
We work on the skin around the eye socket only: never inside its bony rim, and never on the \
eyelids. Only senior practitioners do this session.

No needling device that we know of is authorised in the United States for the eye area. The \
session may help the look of fine lines; it does not change deep folds.

Four to six sessions, about a month apart, are usual. Plan one to three quiet days after each.""",
    ),
    TreatmentPlan(
        slug=BODY,
        name="Stretch marks",
        price_minor=35000,
        steps=(
            StepPlan("settle", 10),
            StepPlan("cleanse", 5),
            StepPlan("numb", 35, needs_practitioner=False),
            StepPlan("needle", 30),
            StepPlan("calm", 10),
        ),
        turnover_minutes=15,
        share=2,
        summary="Ninety minutes for one area of the body; it may help the look of stretch marks.",
        about="""\
Needling may help the look of stretch marks over a course. Pooled trials found it about equal \
to laser. It is not a use for which we found a device authorised in the United States, so we \
keep our promises small.

Numbing cream may only cover so much skin at once. That is why we treat one area in a visit.

Four to six sessions are usual, with four to six weeks between them. Expect redness and some \
flaking for up to about a week.""",
    ),
    TreatmentPlan(
        slug=CONSULTATION,
        name="Skin consultation",
        price_minor=5000,
        steps=(StepPlan("talk", 20), StepPlan("check", 10)),
        turnover_minutes=5,
        share=0,
        summary="Half an hour to look at your skin, hear your questions and plan what makes sense.",
        about="""\
The best place to start if you have not been here before. We look at your skin, ask what you \
would like to change, and say honestly what needling can and cannot do about it.

We also try the numbing cream and the serum on a small patch of skin, which should happen at \
least 48 hours before a first session. No needles are used.

Not everyone is a candidate. If needling is not right for you now, we will tell you. The fee is \
taken off your first session.""",
    ),
    TreatmentPlan(
        slug=CHECK,
        name="Skin and patch check",
        price_minor=0,
        steps=(StepPlan("check", 15),),
        turnover_minutes=5,
        share=0,
        summary="A free quarter of an hour for a patch test, or to look at how your skin is doing.",
        about="""\
A short visit, free of charge. We try the numbing cream and the serum on a small patch of skin, \
at least 48 hours before your first session and again whenever a product changes.

Come as well if you would like us to look at your skin between two sessions. No needles are \
used, and you can go straight back to your day.""",
    ),
)


class PersonPlan(NamedTuple):
    """A practitioner; each shift is weekday, from, to and the start of a half-hour break (0: none).

    `share` is how often somebody asks for them.
    """

    slug: str
    name: str
    daily_maximum: int
    share: int
    does: tuple[str, ...]
    shifts: tuple[tuple[int, int, int, int], ...]
    rooms: tuple[str, ...] = ()
    title: str = ""
    bio: str = ""
    portrait: int = 0


_SHORT = (CONSULTATION, CHECK)
SENIOR, PART_TIMER, LEARNER = "ines-marchetti", "mei-lin-zhao", "tomasz-wisniewski"

TEAM = (
    PersonPlan(
        slug=SENIOR,
        name="Ines Marchetti",
        daily_maximum=6,
        share=2,
        does=(FACE, LIGHT, SCAR, NECK, EYES, BODY, *_SHORT),
        shifts=tuple((day, 600, 1080, 780) for day in range(5)),
        title="Senior practitioner",
        bio=(
            "Ines opened the studio’s first room and has needled skin for eleven years, "
            "most of it with scars. She plans in months, not in sessions, "
            "and will tell you when waiting is the better choice.\n\n"
            "She trains the others here, and is who they ask."
        ),
        portrait=1,
    ),
    PersonPlan(
        slug="daniel-okafor",
        name="Daniel Okafor",
        daily_maximum=5,
        share=2,
        does=(FACE, LIGHT, NECK, BODY, *_SHORT),
        shifts=(
            *((day, 630, 1140, 840) for day in (1, 2, 4)),
            (3, 690, 1170, 900),
            (5, 540, 1020, 750),
        ),
        rooms=("fern", "willow"),
        title="Practitioner",
        bio=(
            "Daniel likes to explain: what the needles do, what your skin does next, "
            "and why the second week looks better than the first.\n\n"
            "He takes extra care with skin that marks easily, and starts gently with it."
        ),
        portrait=2,
    ),
    PersonPlan(
        slug=PART_TIMER,
        name="Mei-Lin Zhao",
        daily_maximum=5,
        share=3,
        does=(FACE, EYES, *_SHORT),
        shifts=((0, 600, 900, 0), (2, 600, 900, 0), (5, 540, 1020, 780)),
        title="Practitioner",
        bio=(
            "Mei-Lin works around the eyes, where the skin is thinnest "
            "and a light hand counts most. She is here three days a week."
        ),
        portrait=6,
    ),
    PersonPlan(
        slug="salma-haddad",
        name="Salma Haddad",
        daily_maximum=6,
        share=4,
        does=(FACE, LIGHT, SCAR, EYES, NECK, *_SHORT),
        shifts=(*((day, 720, 1140, 930) for day in (0, 1, 2, 4)), (3, 780, 1260, 990)),
        title="Senior practitioner",
        bio=(
            "Salma came from a burns clinic and still sees scars first. "
            "She measures, photographs and compares, "
            "so that you know what a course has changed, and what it has not.\n\n"
            "She stays late on Thursdays for people who work."
        ),
        portrait=4,
    ),
    PersonPlan(
        slug=LEARNER,
        name="Tomasz Wiśniewski",
        daily_maximum=5,
        share=4,
        does=(FACE, LIGHT, NECK, *_SHORT),
        shifts=(
            *((day, 660, 1140, 870) for day in (0, 1, 4)),
            (3, 750, 1260, 1020),
            (5, 540, 1020, 720),
        ),
        title="Practitioner",
        bio=(
            "Tomasz was a nurse before, and it shows: no hurry, "
            "clean hands, clear words about the days after."
        ),
        portrait=5,
    ),
    PersonPlan(
        slug="grace-whitaker",
        name="Grace Whitaker",
        daily_maximum=5,
        share=4,
        does=(FACE, *_SHORT),
        shifts=(
            (2, 660, 1140, 900),
            (3, 600, 1020, 780),
            (4, 600, 1020, 810),
            (5, 600, 1020, 810),
        ),
        title="Practitioner",
        bio=(
            "Grace is the one to see if it is your first time. "
            "She goes through the hour with you before anything touches your skin, "
            "and stops whenever you say so."
        ),
        portrait=8,
    ),
)
CERTIFICATE_ENDS = (LEARNER, NECK)


class ThingPlan(NamedTuple):
    """A room or a device, and the treatments it serves."""

    kind: str
    slug: str
    name: str
    does: tuple[str, ...]


_ALL = tuple(plan.slug for plan in TREATMENTS)
THINGS = (
    ThingPlan("room", "fern", "Fern room", _ALL),
    ThingPlan("room", "willow", "Willow room", _ALL),
    ThingPlan("room", "clover", "Clover room", tuple(slug for slug in _ALL if slug != BODY)),
    ThingPlan("device", "led-panel", "Red light panel", (LIGHT,)),
)

AREA_CODES = ("212", "646", "917", "718", "347", "929", "332", "201", "914")
NOTES = (
    "I use a cane, so a minute more on the stairs helps.",
    "My sister will come along and wait.",
    "Please ring rather than text if anything changes.",
    "I am a little hard of hearing on the left side.",
    "A wheelchair user: is the lift by the side door working?",
)
# Clients whose visits somebody else books for them.
BOOKED_BY = {
    "Edith Sommerville": "Laura Sommerville",
    "Benedikt Straßer": "Jonah Feldstein",
    "Noor Rahimi": "Mina Karimi",
}
# These two share a telephone; staff see that the second may be the first.
SHARED_PHONE = ("Fiona O'Connell", "Róisín O'Connell")

# Beside a name that plain letters cannot spell stands what goes before the @.
CLIENTS = tuple(
    (name.strip(), mailbox.strip())
    for name, _, mailbox in (
        line.partition("|")
        for line in """\
Amelia Thornbury
Fiona O'Connell
Marcus Delacroix
Priya Raghunathan
Zoë Lindqvist
Hannah Birnbaum
Tyrone Baptiste
José Luis Carrasco
Naomi Castellanos
Yuki Tanemura
Léa Fontaine
Olufemi Adebayo
Katarzyna Nowicka
Grace Pemberton
Siobhán Ní Bhriain
Devon Whitlock
Ana Sofía Villaseñor
Rachel Goldfarb
Minh Châu Trần
Chiara Bellandi
Noor Rahimi
Søren Kjeldsen|soren.kjeldsen
Beatriz Magalhães
Caleb Winthrop
Anjali Deshmukh
ليلى الخطيب|layla.alkhatib
Esther Kowalczyk
Imani Greene
Björn Åkesson
Thandiwe Mokoena
Lucille Arceneaux
Arjun Venkataraman
Paige Hollister
Xiomara Quiñones
Dmitri Sokolov
Molly Brannigan
Aaliyah Freeman
Hyun-woo Baek
Genevieve Tremblay
Rosalind Achterberg
Mateo Ibáñez
Shanice Prescott
Ingrid Halvorsen
Maximiliana Featherstonehaugh-Montgomery
Kwame Boateng
Eleni Papadaki
Teresa D'Amato
Jin Park
Valentina Cruz
Willa Ostrander
Ngozi Eze
Frédérique Lemaître
Hugo Albrecht
Soledad Ríos
Meera Krishnan
Abigail Stanhope
Luca Ferrante
Oksana Hrytsenko
Darnell Hughes
Çağla Yıldırım|cagla.yildirim
Brigitte Neumann
Rafael Monteiro
Keiko Ishiguro
Deborah Lefkowitz
Farah Siddiqui
Callum MacAllister
Jasmine Toussaint
Nils Överby
Marisol Peña
Ruth Abernathy
Wanjiru Kamau
Dorothea Vance
Samir Chaudhry
Élodie Marchand
Tamika Lawson
Ivana Horvat
Bridget Callahan
Pavel Dvořák
Camille Rousseau
Ho Yan Leung
Simone Archambault
Andrea Pellegrino
Michal Benyamini
Harriet Langley
Ifeoma Nwosu
Joaquín Arrieta
Stacy Kaminski
Linh Phạm
Orla Fitzgibbon
Gabriela Stoica
Malik Robinson
Annika Sørensen|annika.sorensen
Pooja Bhattacharya
Winifred Ashdown
Ximena Zúñiga
Theo Vanderberg
Khadija Warsame
Natalie Sauer
Emre Demirtaş
Rosa Guadalupe Maldonado
Judith Eisenberg
Ciarán McGlynn
Sunita Pillai
Blessing Okonkwo
Margot Desrosiers
Ilse van den Heuvel
Jerome Castille
Agnieszka Łukaszewicz|agnieszka.lukaszewicz
Tessa Rourke
Vikram Sethi
Clara Hoffmann
Latoya Simmons
Nadia Petrova
Everett Calloway
Mai Sasaki
Dolores Urrutia
Róisín O'Connell
Benedikt Straßer|benedikt.strasser
Sade Akintola
Penelope Cross
Hoda Mansour
Yolanda Figueroa
Graham Tillman
Renée Charpentier
Leilani Kahale
Dalia Shapiro
Philippa Wetherby
Omar Farouk Bensalem
Jovana Marković
Adaeze Umeh
Christopher Tan
Inês Figueiredo
Martha Kettering
Nikolai Andersen
Shreya Kulkarni
Viola Santangelo
Andile Dube
Hilary Strand
Parisa Moradi
Dominic Feeney
Aurélie Besson
Tova Rosenthal
Eun-ji Shim
Lorraine Batiste
Carys Llewellyn
Miguel Ángel Sandoval
Zainab Yusuf
Patricia Mulgrew
Kalina Todorova
Edith Sommerville
Ravi Chandrasekar
Mireille Gauthier
Joan Blackwood
Hana Novotná
Terrence Wilkes
Ursula Brandt
Saoirse Keane
Alejandra Montoya""".splitlines()
    )
)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.pairs.back_references import begins_with_back_reference

# What people who read the book's articles would say of beginnings like those they found there, in our own words.
POINTS_BACK = """
    But that is only half of what happens.
    And here comes the second surprise.
    Or you may let a timer do it.
    So the queue grows until nobody reads it.
    So, what is left to try?
    Yet nobody ever opened the file.
    However, the small model was faster.
    Thus, each request has a price.
    Hence, we kept both copies.
    Also, a second index costs memory.
    Additionally, the tool writes a log.
    Otherwise, you would poll all day.
    Alternatively, a cron job does the same.
    Then you can drop the table.
    Then, restart the worker.
    Instead, we wrote three lines of Python.
    Indeed, the curve goes down.
    Afterward, the teacher grades each answer.
    Next, we draw the tree.
    Finally, store the vectors.
    Here, the rank is sixteen.
    Still, it paid off within a week.
    For example, a crawler needs a timeout.
    For instance, think of a shop with ten clerks.
    On the other hand, long prompts are slow.
    In other words, the weights are copied.
    In addition, two flags can be set.
    In this case, a unit test is enough.
    In fact, most of the time goes into waiting.
    As a result, the bill doubled.
    As you can see, the loss is flat.
    As mentioned above, the cache is cold at first.
    As we said before, nobody reads manuals.
    As explained in the sections above, the cache is cold.
    More specifically, the second layer is frozen.
    For this reason, we stay with one region.
    This way, the data is checked at the door.
    That way, you can swap the database.
    That said, three kinds are worth a look.
    That being said, streaming felt natural.
    With this in mind, we keep two collections.
    By doing so, both parts can be deployed alone.
    After that, the job is done.
    Because of this, we lost a day.
    To do so, we add a hook.
    Despite that, sales went up.
    All of this happens before breakfast.
    Most of them never ship.
    Both are slow on a laptop.
    This is where budgets matter.
    This means that every token counts.
    This also explains the odd spike in May.
    This allows for larger batches.
    This can be done at night.
    This led to a second outage.
    This, in turn, frees a worker.
    That is why we split the service.
    That's the whole trick.
    These are the numbers that I trust.
    These include books, talks and papers.
    Those were the days before containers.
    It stores each key in a list.
    It is a library that parses tables.
    It's quite simple.
    It was written by two students.
    It also keeps the metadata in one file.
    It then runs in a loop.
    It is used to steer a robot.
    It is important.
    It is worth a second look.
    BUT NOBODY READ IT.
    It became so large that it had to be split.
    Its role is that of a referee.
    They are good at writing clean code.
    They might do the same thing.
    He wrote the first version in a weekend.
    She disagreed, and was right.
    Their blog has the details.
    The former was dropped years ago.
    The latter needs twice the memory.
    Such a setup breaks at the first restart.
    Which is fine.
    Yes, even on a phone.
    “But why?” asked everybody in the room.
    … and then the lights went out.
""".strip().splitlines()

STANDS_ALONE = """
    Butter goes in last, and nobody knows why.
    Android phones get warm.
    Sonnets have fourteen lines.
    Thenceforth is a word that lawyers love.
    This article compares two ways to quantise a model.
    This newsletter goes out on Saturdays.
    This process takes an hour on a good day.
    This analysis covers ten years of weather.
    This class holds the settings.
    This series has eleven lessons.
    This newly built bridge is closed.
    That morning nobody came to work.
    These days, every shop has a chatbot.
    These models are often merged at night.
    These two techniques look alike.
    Those who wait are served last.
    It's worth noting that both use the same data.
    It is important to remember the price.
    It is still possible to merge several models.
    It’s possible to have none of them.
    It is much better to understand one thing well.
    It was clear that nobody had read the paper.
    It is often said that code is read more than written.
    It is not known whether bees get bored.
    It is hard for beginners to see the point.
    It is the reader who decides.
    It is no secret that benchmarks leak.
    It turns out that rounding hardly matters.
    It makes sense to test in small steps.
    It seems that everybody owns a vector database now.
    It takes two weeks to learn the basics.
    It was 2019 when the first version came out.
    It has been three years since the last release.
    It depends on what you measure.
    It rained all day.
    IT departments buy in bulk.
    Instead of a server, take a function.
    Still images need less memory than films.
    Second place is not so bad.
    Next year we will know more.
    Here is a summary of the main differences.
    Here are seven steps to a better pipeline.
    So-called experts disagree.
    Both Kafka and RabbitMQ deliver messages.
    Either you measure or you guess.
    Also known as attention, the layer mixes tokens.
    After training, the model is merged.
    By aggregating neighbours, a network learns shapes.
    With a small batch the loss is noisy.
    Despite its fame, the method is slow.
    As an engineer, do you see your job still there?
    As the world changes, so do the prompts.
    As shown in figure 3, the curve is flat.
    Because posts are short, they fit into one vector.
    In this article, we build a small agent.
    In theory, everybody tests.
    On top of a database sits a cache.
    To avoid skew, share the code.
    Like every wrapper, this one leaks.
    Unlike lists, tuples do not change.
    There are two ways to lose a file.
    All the code is on GitHub.
    Each flow has several agents.
    Another way is to ask a friend.
    Which model should you take?
    Now that the data is clean, we train.
    The same query runs twice as fast on Tuesdays.
    We never looked back.
    You do not need a GPU for that.
    Let's begin with a picture.
    First, open the door.
    Such as it is, the garden feeds us.
""".strip().splitlines()

OTHER_LANGUAGES = [
    ("de", "Aber das ist nur die halbe Wahrheit.", True),
    ("de", "Deshalb bleibt der Laden montags zu.", True),
    ("de", "Darüber hinaus kostet es Strom.", True),
    ("de", "Das ist der Grund für den Umbau.", True),
    ("de", "Diese sind nicht im Preis enthalten.", True),
    ("de", "Er schrieb das Programm in einer Nacht.", True),
    ("de", "Letzteres braucht mehr Speicher.", True),
    ("de", "Es läuft auf jedem Rechner.", True),
    ("de", "Das Modell ist klein.", False),
    ("de", "Diese Woche regnet es.", False),
    ("de", "Es gibt zwei Wege zum See.", False),
    ("de", "Es ist wichtig, dass alle mitkommen.", False),
    ("de", "Sie können das Werkzeug überall benutzen.", False),
    ("de", "Die Datenbank ist schnell.", False),
    ("de", "Und-Gatter haben zwei Eingänge.", False),
    ("fr", "Mais ce n'est pas tout.", True),
    ("fr", "Cependant, la mémoire reste chère.", True),
    ("fr", "Elle tourne sur un vieux portable.", True),
    ("fr", "Cela prend une heure.", True),
    ("fr", "Par exemple, un index coûte cher.", True),
    ("fr", "C'est pourquoi nous gardons deux copies.", True),
    ("fr", "Il a été écrit par deux étudiants.", True),
    ("fr", "Cette bibliothèque lit des tableaux.", False),
    ("fr", "Il faut deux heures pour cuire le pain.", False),
    ("fr", "Il est important de relire.", False),
    ("fr", "C'est le lecteur qui décide.", False),
    ("fr", "Ouvrir la porte ne suffit pas.", False),
    ("es", "Pero nadie abrió el archivo.", True),
    ("es", "Sin embargo, el modelo pequeño fue más rápido.", True),
    ("es", "Esto significa que todo cuesta.", True),
    ("es", "Ellos prefieren la versión larga.", True),
    ("es", "Por ejemplo, una tienda con diez empleados.", True),
    ("es", "Este artículo compara dos métodos.", False),
    ("es", "Es importante leer dos veces.", False),
    ("es", "Yo escribo por la noche.", False),
]


@pytest.mark.parametrize("text", [line.strip() for line in POINTS_BACK])
def test_a_beginning_that_points_back_is_found(text):
    assert begins_with_back_reference(text, "en") is True


@pytest.mark.parametrize("text", [line.strip() for line in STANDS_ALONE])
def test_a_beginning_that_has_its_noun_or_points_at_nothing_is_left_alone(text):
    assert begins_with_back_reference(text, "en") is False


@pytest.mark.parametrize(("language", "text", "points_back"), OTHER_LANGUAGES)
def test_german_french_and_spanish_have_their_own_beginnings(language, text, points_back):
    assert begins_with_back_reference(text, language) is points_back


@pytest.mark.parametrize("language", [None, "it", "ja", ""])
def test_a_language_whose_words_are_not_known_is_not_judged(language):
    assert begins_with_back_reference("But nobody knows.", language) is None


@pytest.mark.parametrize(
    "text", ["however, it works.", "HOWEVER, it works.", "“However, it works.”", "— However, it works."]
)
def test_case_and_opening_marks_do_not_hide_a_beginning(text):
    assert begins_with_back_reference(text, "en") is True


def test_only_the_first_sentence_counts():
    assert begins_with_back_reference("Models are large. But they shrink.", "en") is False


@given(st.text(max_size=300), st.sampled_from(["en", "de", "fr", "es"]))
def test_any_text_is_judged(text, language):
    assert begins_with_back_reference(text, language) in (True, False)

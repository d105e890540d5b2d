"""Answers of the real engine with the toy: the same in a batch and one by one, ended and cut off where they should."""

import pytest

torch = pytest.importorskip("torch")

from ownvoice.answering.job import Asked, Prompt, Sampling, ScoredText  # noqa: E402
from ownvoice.training.trainer.answering.batches import first_batch  # noqa: E402
from ownvoice.training.trainer.answering.engine import Made, Tokens, TooLarge, cut_at_end  # noqa: E402
from ownvoice.training.trainer.answering.prepare import Model, context_of, prepare  # noqa: E402
from ownvoice.training.trainer.answering.transformers_engine import TransformersEngine  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

QUESTIONS = [f"Write about {'very ' * count}old servers." for count in (0, 1, 3, 9, 20)]


@pytest.fixture(scope="module")
def model(toy):
    from transformers import AutoTokenizer

    return Model("lake:models/toy@sha256:c", toy, AutoTokenizer.from_pretrained(toy), context_of(toy))


@pytest.fixture
def said():
    return []


@pytest.fixture
def engine(model, said):
    """The engine with the toy, whose weights are shaken: as it was taught, it gives every prompt one answer."""
    made, seeded = TransformersEngine(model, said.append), torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weights in made._model.parameters():
            weights += 0.3 * torch.randn(weights.shape, generator=seeded)
    return made


def asks_of(model, questions=QUESTIONS, draws=1, tokens=12, **sampling):
    asked = Asked(subject="s", model="lake:m", draws=draws, sampling=Sampling(max_new_tokens=tokens, **sampling))
    prepared = prepare(model, [asked], [Prompt("s", str(number), text) for number, text in enumerate(questions)], ())
    return list(prepared.asks.values())


def answers(engine, asks):
    return {one.ask.key: one.ids for batch in engine.answer(asks) for one in batch}


@pytest.mark.parametrize("sampling", [{}, {"temperature": 0.9, "top_p": 0.8, "draws": 2}])
def test_a_batch_answers_as_its_prompts_would_one_by_one(engine, model, sampling):
    asks = asks_of(model, **sampling)
    one_by_one = {}
    for ask in asks:
        one_by_one |= answers(engine, [ask])

    assert answers(engine, asks) == one_by_one
    assert len({tuple(ids) for ids in one_by_one.values()}) > 1, "the toy answers each in its own way"


def test_a_draw_comes_out_the_same_again_and_differs_from_the_next(engine, model):
    asks = asks_of(model, QUESTIONS[:1], draws=3, temperature=1.0)
    first = answers(engine, asks)

    assert first == answers(engine, asks[::-1])
    assert len({tuple(ids) for ids in first.values()}) == 3


def test_draws_are_as_frequent_as_the_model_says(engine, model):
    asks = asks_of(model, QUESTIONS[:1], draws=64, tokens=1, temperature=0.7)
    drawn = [ids[0] if ids else -1 for ids in answers(engine, asks).values()]
    prompt = torch.tensor([asks[0].prompt_ids])
    with torch.inference_mode():
        shares = (engine._model(prompt).logits[0, -1].float() / 0.7).softmax(-1)

    top = int(shares.argmax())
    expected, spread = 64 * float(shares[top]), (64 * float(shares[top]) * (1 - float(shares[top]))) ** 0.5
    assert abs(drawn.count(top) - expected) <= 4 * spread


def test_the_nucleus_holds_the_likeliest_tokens_alone(engine, model):
    greedy = answers(engine, asks_of(model, QUESTIONS[:1]))
    nearly_greedy = answers(engine, asks_of(model, QUESTIONS[:1], temperature=1.0, top_p=1e-6))

    assert list(greedy.values()) == list(nearly_greedy.values())


def test_each_row_of_a_batch_ends_at_its_own_number_of_tokens(engine, model):
    short, long = asks_of(model, QUESTIONS[:1], tokens=3), asks_of(model, QUESTIONS[1:2], tokens=12)
    made = {one.ask.key: one for one in next(engine.answer([*short, *long]))}

    assert len(made[short[0].key].ids) == 3
    assert made[short[0].key].is_cut_off
    assert answers(engine, short)[short[0].key] == made[short[0].key].ids


def test_the_sampling_that_a_model_brings_along_is_not_used(model, said):
    from transformers import GenerationConfig

    engine = TransformersEngine(model, said.append)
    plain = answers(engine, asks_of(model, QUESTIONS[:1]))
    engine._model.generation_config.update(repetition_penalty=5.0)
    assert answers(engine, asks_of(model, QUESTIONS[:1])) != plain, "such a setting would be seen"
    assert TransformersEngine(model, said.append)._model.generation_config.to_dict() == GenerationConfig().to_dict()


@pytest.mark.parametrize(
    ("ids", "most", "expected"),
    [
        ([5, 6, 9, 0], 4, ([5, 6], False)),
        ([9], 4, ([], False)),
        ([5, 6, 7], 3, ([5, 6, 7], True)),
        ([5, 6, 9], 3, ([5, 6], False)),
        ([5, 6, 7, 9], 3, ([5, 6, 7], True)),  # what follows the limit is padding, with EOS as its token
    ],
)
def test_an_answer_ends_before_its_end_token_and_is_cut_off_without_one(ids, most, expected):
    assert cut_at_end(ids, frozenset({9}), most) == expected


def only_room_for(rows, engine, monkeypatch, method):
    """Make a device that holds so many rows at once, and raises what PyTorch does for more."""
    whole = getattr(engine, method)

    def limited(batch):
        if len(batch) > rows:
            raise torch.OutOfMemoryError("Tried to allocate 20 GiB")
        return whole(batch)

    monkeypatch.setattr(engine, method, limited)


def test_a_batch_that_does_not_fit_is_halved_and_answers_the_same(engine, model, said, monkeypatch):
    asks = asks_of(model, [f"Write about the number {number}." for number in range(8)])
    whole = answers(engine, asks)
    only_room_for(3, engine, monkeypatch, "_generate")

    assert answers(engine, asks) == whole
    assert said[0].startswith("out of memory with 8 prompts at once: going on with")


def test_a_prompt_that_alone_does_not_fit_is_named_and_the_others_are_answered(engine, model, monkeypatch):
    asks = asks_of(model)
    generate, largest = engine._generate, max(asks, key=lambda ask: len(ask.prompt_ids))

    def limited(batch):
        if largest in batch:
            raise torch.OutOfMemoryError("Tried to allocate 20 GiB")
        return generate(batch)

    monkeypatch.setattr(engine, "_generate", limited)
    found = [one for batch in engine.answer(asks) for one in batch]

    assert [one.ask for one in found if isinstance(one, TooLarge)] == [largest]
    assert sum(isinstance(one, Made) for one in found) == len(asks) - 1


def test_a_score_is_the_mean_of_what_the_model_gave_each_token(engine, model):
    asked = Asked(subject="s", model="lake:m")
    texts = [ScoredText("s", "a", "Why?", "Backups have to be restored."), ScoredText("s", "b", "", "They fail.")]
    tokens = [found for _, _, found in prepare(model, [asked], (), texts).texts]

    for index, nats in engine.score(tokens):
        whole = torch.tensor([tokens[index].before + tokens[index].ids])
        with torch.inference_mode():
            logs = engine._model(whole).logits[0].float().log_softmax(-1)
        first = len(tokens[index].before)
        given = [float(logs[place - 1, whole[0, place]]) for place in range(first, whole.shape[1])]
        assert nats == pytest.approx(-sum(given) / len(given), rel=1e-4)


def test_scores_in_a_batch_that_is_halved_are_the_same(engine, model, monkeypatch):
    texts = [Tokens([1], list(range(5, 5 + length))) for length in (3, 20, 9, 14)]
    whole = dict(engine.score(texts))
    only_room_for(1, engine, monkeypatch, "_nats")

    assert dict(engine.score(texts)) == pytest.approx(whole, rel=1e-4)
    assert first_batch([21, 15, 10, 4], [0] * 4, 2048, model.context) > 1, "they shared a batch before"

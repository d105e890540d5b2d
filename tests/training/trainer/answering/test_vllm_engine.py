"""The engine for vLLM, with a stand-in for it: the same answers and scores as transformers give."""

import sys

import pytest

torch = pytest.importorskip("torch")

from ownvoice.answering.job import Asked, Prompt, Sampling, ScoredText  # noqa: E402
from ownvoice.answering.request import seed_of  # noqa: E402
from ownvoice.training.trainer.answering import choose  # noqa: E402
from ownvoice.training.trainer.answering.prepare import Model, context_of, prepare  # noqa: E402
from ownvoice.training.trainer.answering.transformers_engine import TransformersEngine  # noqa: E402
from ownvoice.training.trainer.answering.vllm_engine import VllmEngine  # noqa: E402
from stand_ins import vllm_module  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

ASKED = Asked(subject="s", model="lake:m", sampling=Sampling(max_new_tokens=6))


@pytest.fixture
def model(toy, monkeypatch):
    from transformers import AutoTokenizer

    monkeypatch.setitem(sys.modules, "vllm", vllm_module)
    monkeypatch.setenv("VLLM_NO_USAGE_STATS", "")
    monkeypatch.setattr(vllm_module.LLM, "asked", [])
    return Model("lake:m@sha256:c", toy, AutoTokenizer.from_pretrained(toy), context_of(toy))


def test_it_answers_and_scores_as_transformers_does(model):
    texts = [ScoredText("s", "a", "Why?", "Backups fail."), ScoredText("s", "b", "", "They fail at night.")]
    prepared = prepare(model, [ASKED], [Prompt("s", "1", "Why?"), Prompt("s", "2", "When?", 2)], texts)
    asks, tokens = list(prepared.asks.values()), [found for _, _, found in prepared.texts]
    one, other = VllmEngine(model), TransformersEngine(model, print)

    def made(engine):
        return sorted((one.ask.key, one.ids, one.is_cut_off) for batch in engine.answer(asks) for one in batch)

    assert made(one) == made(other)
    assert dict(one.score(tokens)) == pytest.approx(dict(other.score(tokens)), rel=1e-4)


def test_every_request_has_its_own_seed_limit_and_ends(model):
    asked = ASKED.model_copy(update={"draws": 2, "sampling": Sampling(temperature=0.7, top_p=0.9, max_new_tokens=3)})
    asks = list(prepare(model, [asked], [Prompt("s", "1", "Why?")], ()).asks.values())
    list(VllmEngine(model).answer(asks))

    assert [params.seed for params in vllm_module.LLM.asked] == [seed_of(ask.key) for ask in asks]
    for params in vllm_module.LLM.asked:
        assert (params.temperature, params.top_p, params.max_tokens) == (0.7, 0.9, 3)
        assert model.tokenizer.eos_token_id in params.stop_token_ids


@pytest.mark.parametrize(
    ("has_gpu", "has_vllm", "name"), [(True, True, "vllm"), (True, False, "t"), (False, True, "t")]
)
def test_it_is_taken_where_it_is_installed_and_there_is_a_gpu(model, monkeypatch, has_gpu, has_vllm, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: "cpu")
    monkeypatch.setattr(choose, "find_spec", lambda module: has_vllm or None)

    assert choose.open_engine(model, print).name.startswith(name)

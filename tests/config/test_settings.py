import pytest

from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("OWNVOICE_ARTICLES", "OWNVOICE_LAKE", "OWNVOICE_RECIPE__MODEL", "OWNVOICE_SOURCE__FIELDS"):
        monkeypatch.delenv(name, raising=False)


def test_everything_has_a_default_that_works_on_one_machine():
    settings = load_settings()
    assert settings.lake.startswith("file:///")
    assert settings.recipe == GenerationRecipe()


def test_all_problems_are_named_in_one_message(monkeypatch):
    monkeypatch.setenv("OWNVOICE_LAKE", "my-lake")
    monkeypatch.setenv("OWNVOICE_TEST_SHARE", "7")
    monkeypatch.setenv("OWNVOICE_RECIPE__TEMPERATURE", "hot")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    message = str(caught.value)
    assert "OWNVOICE_LAKE is 'my-lake': write s3://bucket/prefix or file:///absolute/folder" in message
    assert "OWNVOICE_TEST_SHARE is '7'" in message
    assert "OWNVOICE_RECIPE__TEMPERATURE is 'hot'" in message


def test_a_field_of_the_source_leads_to_one_of_ours_or_is_refused(monkeypatch):
    monkeypatch.setenv("OWNVOICE_SOURCE__FIELDS", '{"body": "content", "slug": "id"}')
    assert load_settings().source.names_of("content") == ["body", "content"]
    monkeypatch.setenv("OWNVOICE_SOURCE__FIELDS", '{"body": "text"}')
    with pytest.raises(
        SettingsError, match="OWNVOICE_SOURCE__FIELDS: text is no field of Ownvoice; those are id, cont"
    ):
        load_settings()


@pytest.mark.parametrize(("name", "field"), [("OWNVOICE_SOURCE__FIELDS", "source"), ("OWNVOICE_PRICES", "prices")])
def test_a_setting_that_should_be_json_and_is_not_is_one_sentence(monkeypatch, name, field):
    monkeypatch.setenv(name, "{body: content}")
    with pytest.raises(SettingsError, match=f'is no JSON: error parsing value for field "{field}".*line 1 column 2'):
        load_settings()


def test_a_flag_takes_the_place_of_the_environment(monkeypatch):
    monkeypatch.setenv("OWNVOICE_LAKE", "s3://one")
    assert load_settings(lake="s3://two").lake == "s3://two"
    assert load_settings(lake=None).lake == "s3://one"


def test_a_recipe_whose_chunk_bounds_leave_no_room_is_refused(monkeypatch):
    monkeypatch.setenv("OWNVOICE_RECIPE__MIN_CHUNK_CHARS", "1500")
    with pytest.raises(SettingsError, match="^OWNVOICE_RECIPE: max_chunk_chars must be at least twice min_chunk_chars"):
        load_settings()


def test_recipes_with_the_same_fields_have_the_same_id_and_others_do_not():
    assert GenerationRecipe().recipe_id == GenerationRecipe(model="gpt-4o-mini").recipe_id
    assert GenerationRecipe().recipe_id != GenerationRecipe(temperature=0).recipe_id

"""From a plan to tasks."""

import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from budgetseg.annotate.errors import PERFECT
from budgetseg.costs.book import load_book
from budgetseg.costs.kinds import KINDS
from budgetseg.costs.per_image import seconds_per_image
from budgetseg.costs.workload import Workload
from budgetseg.data.open import open_dataset
from budgetseg.errors import BudgetsegError, DataError, InvalidInputError
from budgetseg.labelling.aliases import aliases_of
from budgetseg.labelling.asking import QUESTIONS, instruction
from budgetseg.labelling.campaign import Manner, make_campaign
from budgetseg.labelling.controls import read_controls
from budgetseg.labelling.cvat_tasks import task_name, told_by_name
from budgetseg.labelling.images import Places, find_images
from budgetseg.labelling.ingest import ingest
from budgetseg.labelling.jobs import batches_of, deal
from budgetseg.labelling.label_studio_export import read_label_studio
from budgetseg.labelling.label_studio_tasks import check_tasks, configuration, variables
from budgetseg.labelling.simulated import People, carry_out
from budgetseg.labelling.task_folder import write_tasks
from budgetseg.plan.mix import Mix
from budgetseg.plan.offers import Move


@pytest.fixture
def campaign_of(plan_of, photo_folder):
    def make(mix=None, classes=(), held=None, plan=None, images=None, **manner):
        return make_campaign(
            plan or plan_of(mix or {"point": 10, "full": 4}),
            images or str(photo_folder),
            classes,
            Manner(**{"batch": 5, "controls": 1} | manner),
            book=load_book("voc2012"),
            held=held or {},
        )

    return make


def test_every_kind_has_its_question():
    assert list(QUESTIONS) == list(KINDS)
    for kind in KINDS:
        assert "cat, dog" in instruction(kind, ("cat", "dog"))
        assert "DOG" in instruction(kind, ("cat", "dog"), "dog")


@pytest.mark.parametrize("kind", QUESTIONS)
def test_configurations_are_xml_that_shows_image_and_instruction(kind):
    config = configuration(kind, ('a"<b>&', "dog"))
    view = ET.fromstring(config)
    assert variables(config) == {"image", "instruction"}
    names = {each.get("value") for each in view.iter() if each.tag in ("Label", "Choice")}
    assert names == {'a"<b>&', "dog"}
    assert {each.get("toName") for each in view if each.tag not in ("Header", "Image")} == {"image"}


def test_a_task_that_lacks_a_variable_does_not_leave():
    config = configuration("point", ("dog",))
    whole = {"data": {"image": "x", "instruction": "y"}}
    check_tasks(config, [whole])
    for data in ({"image": "x"}, {"image": "x", "instruction": ""}):
        with pytest.raises(InvalidInputError, match=r'task 2: .*"\$instruction"'):
            check_tasks(config, [whole, {"data": data}])
    with pytest.raises(InvalidInputError, match=r"no \$variable"):
        check_tasks("<View/>", [])


def test_the_plan_is_dealt_out_and_a_larger_one_keeps_what_a_smaller_one_bought(plan_of):
    images = [f"i{k}" for k in range(40)]

    def dealt(mix):
        return deal(plan_of(mix), images, {}, np.random.default_rng(3))

    small, large = dealt({"full": 5, "point": 10}), dealt({"full": 5, "point": 30})
    assert sorted(small.values()) == ["full"] * 5 + ["point"] * 10
    assert small.items() <= large.items()
    with pytest.raises(InvalidInputError, match=r"asks for 41 images without annotations.*there are 40"):
        dealt({"point": 41})


def test_what_is_there_already_is_asked_the_new_questions_only(plan_of):
    moves = (Move(held="image", kind="point", images=2, seconds=Fraction(1)),)
    moves += (Move(held=None, kind="full", images=1, seconds=Fraction(1)),)
    plan = plan_of({"image": 1, "point": 2, "full": 1}, current=Mix.of({"image": 3}), moves=moves)
    held = {"a": "image", "b": "image", "c": "image"}
    kind_of = deal(plan, ["a", "b", "c", "d"], held, np.random.default_rng(0))
    assert kind_of["d"] == "full"
    assert sorted(kind_of.values()) == ["full", "point", "point"]
    with pytest.raises(InvalidInputError, match="name them with --current"):
        deal(plan, ["a", "b", "c", "d"], {}, np.random.default_rng(0))


def test_ten_control_images_are_planted_in_fifty_tasks():
    kind_of = {f"i{k}": "point" for k in range(100)}
    controls = [f"k{k}" for k in range(30)]
    batches = batches_of(
        kind_of,
        ("dog",),
        granularity="image",
        size=50,
        planted=10,
        controls=controls,
        generator=np.random.default_rng(0),
    )
    assert [(len(batch.jobs), batch.controls) for batch in batches] == [(50, 10), (50, 10), (25, 5)]
    real = [job.image_id for batch in batches for job in batch.jobs if not job.control]
    assert sorted(real) == sorted(kind_of)
    for batch in batches:
        planted = [job.image_id for job in batch.jobs if job.control]
        assert len(set(planted)) == len(planted)
        assert set(planted) <= set(controls)
    # None is seen twice before all were seen: who sees an image again knows why.
    assert len({job.image_id for batch in batches for job in batch.jobs if job.control}) == 25


def test_a_folder_for_label_studio_is_complete_and_control_images_are_known(campaign_of, photo_folder, tmp_path):
    campaign, dataset = campaign_of(), open_dataset(str(photo_folder))
    write_tasks(campaign, tmp_path / "tasks")
    known = json.loads((tmp_path / "tasks" / "controls.json").read_text())
    planted = {each["image_id"] for each in known["images"]}
    seen = []
    for kind, count in (("point", 10), ("full", 4)):
        below = tmp_path / "tasks" / kind
        tasks = json.loads((below / "tasks.json").read_text())
        check_tasks((below / "config.xml").read_text(), tasks)
        images = [task["data"]["image_id"] for task in tasks]
        assert len([each for each in images if each not in planted]) == count
        assert {task["data"]["level"] for task in tasks} == {kind}
        assert all(task["data"]["plan_id"].endswith("q") for task in tasks)
        seen += [each for each in images if each not in planted]
        assert all(task["data"]["image"].startswith("/data/local-files/?d=photos") for task in tasks)
        for task in tasks:
            height, width = dataset.image(task["data"]["image_id"]).shape[:2]
            assert (task["data"]["width"], task["data"]["height"]) == (width, height)
    assert len(set(seen)) == 14
    assert not planted & set(seen)
    assert known["plan_id"] == campaign.plan_id
    # Written again over itself, and over nothing else.
    write_tasks(campaign, tmp_path / "tasks")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("dear")
    with pytest.raises(BudgetsegError, match="holds other files"):
        write_tasks(campaign, tmp_path / "other")


def test_where_images_are_copied_nothing_tells_a_control_image(campaign_of, photo_folder, tmp_path):
    dataset = open_dataset(str(photo_folder))
    campaign = campaign_of(places=Places(how="copy"), controls=2)
    write_tasks(campaign, tmp_path / "tasks")
    known = {
        each["image_id"]: each for each in json.loads((tmp_path / "tasks" / "controls.json").read_text())["images"]
    }
    shown = "".join(file.read_text() for file in (tmp_path / "tasks").rglob("tasks.json"))
    assert "val-" not in shown  # what the validation images are called
    names = {path.stem for path in (tmp_path / "tasks" / "images").iterdir()}
    assert not {name for name in names if not name.startswith("train-")}
    assert not set(known) & {*dataset.ids("train"), *dataset.ids("val")}
    for name, control in known.items():
        pixels_HW3 = np.asarray(Image.open(tmp_path / "tasks" / "images" / f"{name}.png"))
        np.testing.assert_array_equal(pixels_HW3, dataset.image(control["known_as"]))
    exported = carry_out(tmp_path / "tasks", dataset, load_book("voc2012"), People(errors=PERFECT))
    (tmp_path / "export.json").write_text(json.dumps(exported))
    got = ingest(read_label_studio(tmp_path / "export.json"), controls=read_controls(tmp_path / "tasks"))
    assert got.controls == campaign.to_dict()["control_tasks"]
    assert all(each.right == each.controls for each in got.quality.annotators)
    assert set(got.annotations.annotations) <= set(dataset.ids("train"))


names = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "val", "train", "2007_", "x"]),
        st.sampled_from(["", "0", "7", "007", "12", "0150", "999"]),
        st.sampled_from(["", "a", "b"]),
    ),
)


def test_a_copied_control_image_has_a_suffix_of_the_pool(plan_of, photo_folder, tmp_path):
    (tmp_path / "pool").mkdir()
    for number in range(6):
        Image.new("RGB", (30, 20), (40 * number, 9, 9)).save(tmp_path / "pool" / f"IMG_{number}.jpg")
    manner = Manner(batch=5, controls=2, known=str(photo_folder), places=Places(how="copy"))
    classes = open_dataset(str(photo_folder)).classes[1:]
    campaign = make_campaign(plan_of({"point": 6}), str(tmp_path / "pool"), classes, manner, book=None, held={})
    write_tasks(campaign, tmp_path / "tasks")
    copies = sorted((tmp_path / "tasks" / "images").iterdir())
    assert len(copies) > 6
    sizes = {}
    for copy in copies:
        with Image.open(copy) as picture:
            assert (copy.suffix, picture.format) == (".jpg", "JPEG")
            sizes[copy.stem] = picture.size
    assert not campaign.names_may_tell
    for name, control in campaign.controls.images.items():
        assert sizes[name] == (control.width, control.height)
    beside = replace(manner, places=Places(), known=None)
    assert make_campaign(plan_of({"point": 6}), str(photo_folder), classes, beside, book=None, held={}).names_may_tell


@settings(deadline=None)
@given(st.sets(names, min_size=1, max_size=20), st.sets(names, min_size=1, max_size=20))
def test_other_names_are_new_and_all_different(ids, pool):
    alias_of = aliases_of(sorted(ids - pool), pool, np.random.default_rng(0))
    assert set(alias_of) == ids - pool
    assert len(set(alias_of.values())) == len(alias_of)
    assert not set(alias_of.values()) & (ids | pool)


def test_other_names_look_like_the_pool_s_and_lie_among_them():
    pool = [f"2007_{number:06d}" for number in range(100, 400, 3)] + ["beach"]
    alias_of = aliases_of([f"val-{k}" for k in range(20)], pool, np.random.default_rng(0))
    numbered = [int(alias.removeprefix("2007_")) for alias in alias_of.values() if alias.startswith("2007_")]
    assert len(numbered) >= 19
    assert all(100 <= number <= 420 for number in numbered)
    assert {alias for alias in alias_of.values() if not alias.startswith("2007_0")} <= {"beach-1", "beach-2"}


def test_hours_are_those_of_the_cost_book(campaign_of, plan_of, photo_folder):
    workload = {"classes_asked": 6.0, "classes_present": 1.5, "instances": 2.5}
    classes = len(open_dataset(str(photo_folder)).classes) - 1
    campaign = campaign_of(plan=plan_of({"point": 8}, workload=workload))
    mean = Workload.of(classes, "1.5", "2.5")
    each = seconds_per_image(load_book("voc2012"), "point", mean)
    document = campaign.to_dict()
    assert document["hours"] == pytest.approx(float(each * 10 / 3600))  # 8 and 2 control images
    assert [row["tasks"] for row in document["batches"]] == [5, 5]
    apart = campaign_of(plan=plan_of({"point": 8}, workload=workload), granularity="image-class").to_dict()
    assert apart["hours"] == pytest.approx(document["hours"])


def test_one_class_a_task_asks_about_each_class_of_each_image(campaign_of, tmp_path):
    campaign = campaign_of({"point": 4}, granularity="image-class")
    write_tasks(campaign, tmp_path / "tasks")
    asked = set()
    for file in (tmp_path / "tasks" / "point").rglob("tasks.json"):
        tasks = json.loads(file.read_text())
        (cls,) = {task["data"]["target_class"] for task in tasks}
        labels = [e.get("value") for e in ET.fromstring(file.with_name("config.xml").read_text()).iter("Label")]
        assert labels == [cls]
        known = set(campaign.controls.images)
        asked |= {(t["data"]["image_id"], cls) for t in tasks if t["data"]["image_id"] not in known}
    assert len(asked) == 4 * len(campaign.classes)


def test_images_that_are_not_there_are_named():
    with pytest.raises(DataError, match="nowhere: there is no such folder or list; expected a folder of images"):
        find_images("nowhere")


def test_images_by_list_url_and_copy(plan_of, photo_folder, tmp_path):
    listing = tmp_path / "images.txt"
    listing.write_text(f"https://example.com/x/one.jpg?size=2\n{photo_folder / 'images'}/train-0001.png\n")
    sources, dataset = find_images(str(listing))
    assert dataset is None
    assert [source.image_id for source in sources] == ["one", "train-0001"]
    campaign = make_campaign(
        plan_of({"image": 2}),
        str(listing),
        ("cat",),
        Manner(controls=0, places=Places(how="copy")),
        book=None,
        held={},
    )
    write_tasks(campaign, tmp_path / "tasks")
    tasks = json.loads((tmp_path / "tasks" / "image" / "tasks.json").read_text())
    by_id = {task["data"]["image_id"]: task["data"]["image"] for task in tasks}
    assert by_id["one"] == "https://example.com/x/one.jpg?size=2"
    assert by_id["train-0001"] == "/data/local-files/?d=images/train-0001.png"
    copied = (tmp_path / "tasks" / "images" / "train-0001.png").read_bytes()
    assert copied == (photo_folder / "images" / "train-0001.png").read_bytes()
    assert not (tmp_path / "tasks" / "controls.json").exists()
    assert campaign.to_dict()["hours"] is None


def test_tables_for_hands_of_ones_own(campaign_of, tmp_path):
    campaign = campaign_of({"squiggle": 3}, tool="csv")
    write_tasks(campaign, tmp_path / "tasks")
    with (tmp_path / "tasks" / "squiggle" / "tasks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    assert {row["level"] for row in rows} == {"squiggle"}
    assert all(row["image"] for row in rows)


def test_a_cvat_task_is_known_by_its_name(campaign_of, tmp_path):
    campaign = campaign_of({"box": 3}, tool="cvat")
    write_tasks(campaign, tmp_path / "tasks")
    lines = (tmp_path / "tasks" / "box" / "batch-001.txt").read_text().splitlines()
    assert told_by_name(lines[0].removeprefix("# ")) == (campaign.plan_id, "box", "001", None)
    labels = json.loads((tmp_path / "tasks" / "box" / "labels.json").read_text())
    assert {label["type"] for label in labels[:-1]} == {"rectangle"}
    assert told_by_name(task_name("p", "point", "a b-1", "traffic light")) == ("p", "point", "a b-1", "traffic light")
    assert told_by_name("somebody's task") is None


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"classes": ("unicorn",)}, 'has no "unicorn"'),
        ({"classes": ("background",)}, "expected object classes"),
        ({"controls": 5}, "expected 0 to 4 of a batch of 5"),
        ({"batch": 100, "controls": 90}, "takes 90 control images"),
        ({"mix": {"point": 25}}, "there are 24"),
        ({"images": "nowhere-at-all"}, "no such folder"),
    ],
)
def test_what_cannot_be_is_named(campaign_of, options, why):
    with pytest.raises(BudgetsegError, match=why):
        campaign_of(**options)

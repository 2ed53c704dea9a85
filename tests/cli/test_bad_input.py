"""Ten kinds of bad input: each gives one clear line, its exit code, and leaves earlier results as they were."""

import pytest

from budgetseg.runs.directory import RunDirectory

RUN = ["--full-images", "6", "--iterations", "4", "--batch", "4", "--backbone", "tiny", "--device", "cpu"]


@pytest.fixture
def call(outcome):
    return outcome


def the_error(err):
    """Return the one line that says what is wrong; there must be no trace and no second error."""
    assert "Traceback" not in err
    (line,) = [line for line in err.splitlines() if line.startswith("error: ")]
    return line


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_book_with_a_typo(call, tmp_path):
    (tmp_path / "mine.toml").write_text('schema = "budgetseg.costbook/1"\n[rates]\nfrist_click_s = 2.4\n')
    code, out, err = call("plan", "--hours", "60", "--costs", "mine.toml")
    assert (code, out) == (2, "")
    assert "mine.toml" in the_error(err)
    assert 'did you mean "first_click_s"' in the_error(err)


@pytest.fixture
def broken_folder(photo_folder, tmp_path):
    """A copy of the small data set, to be broken."""
    copy = tmp_path / "photos"
    for path in photo_folder.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(photo_folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return copy


def test_a_truncated_image(call, broken_folder):
    picture = sorted((broken_folder / "images").iterdir())[3]
    picture.write_bytes(picture.read_bytes()[:-2000])
    code, _, err = call("run", "--dataset", broken_folder, *RUN, "--out", "run")
    assert code == 4
    assert picture.name in the_error(err)


def test_a_mask_of_the_wrong_size(call, broken_folder):
    from PIL import Image

    mask = sorted((broken_folder / "masks").iterdir())[5]
    Image.open(mask).resize((20, 20), Image.Resampling.NEAREST).save(mask)
    code, _, err = call("run", "--dataset", broken_folder, *RUN, "--out", "run")
    assert code == 4
    assert mask.name in the_error(err)
    assert "20" in the_error(err)


def test_an_unknown_class(call, photo_folder):
    code, _, err = call("run", "--dataset", photo_folder, "--classes", "beetel", *RUN, "--out", "run")
    assert code == 2
    assert 'did you mean "beetle"' in the_error(err)


@pytest.mark.parametrize("command", ["plan", "run", "costs afford"])
def test_a_budget_of_nothing(call, command):
    code, out, err = call(*command.split(), "--hours", "0")
    assert (code, out) == (3, "")
    assert the_error(err)


def test_masks_that_do_not_fit(call, photo_folder):
    code, _, err = call("run", "--dataset", photo_folder, *RUN, "--hours", "0.1", "--out", "run")
    assert code == 3
    assert "--full-images" in the_error(err)


def test_a_loss_that_is_not_finite_after_an_earlier_result(call, photo_folder, tmp_path):
    assert call("run", "--dataset", photo_folder, *RUN, "--out", "good")[0] == 0
    before = snapshot(tmp_path / "good")
    bad = ["--set", "train.lr=1e30", "--iterations", "20"]
    code, _, err = call("run", "--dataset", photo_folder, *RUN, *bad, "--out", "bad")
    assert code == 1
    assert "train.lr" in the_error(err)
    code, _, err = call("run", "--dataset", photo_folder, *RUN, *bad, "--out", "good")
    assert code == 2
    assert "holds another run" in the_error(err)
    assert snapshot(tmp_path / "good") == before


def test_an_unwritable_place(call, photo_folder, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    code, _, err = call("run", "--dataset", photo_folder, *RUN, "--out", "file")
    assert code == 1
    assert "file" in the_error(err)
    code, _, err = call("plan", "--hours", "60", "-o", "file/plan.json")
    assert code == 1
    assert the_error(err)
    assert (tmp_path / "file").read_text() == "not a folder"


def test_a_corrupt_checkpoint(call, photo_folder, tmp_path):
    assert call("run", "--dataset", photo_folder, *RUN, "--out", "run")[0] == 0
    (tmp_path / "run" / "result.json").unlink()
    checkpoint = tmp_path / "run" / "checkpoints" / "last.safetensors"
    checkpoint.write_bytes(b"\x00" * 100)
    code, _, err = call("run", "--dataset", photo_folder, *RUN, "--out", "run")
    assert code == 1
    assert "last.safetensors" in the_error(err)
    assert checkpoint.read_bytes() == b"\x00" * 100


def test_a_run_directory_in_use(call, photo_folder, tmp_path):
    with RunDirectory(tmp_path / "run").locked():
        code, _, err = call("run", "--dataset", photo_folder, *RUN, "--out", "run")
    assert code == 1
    assert "in use" in the_error(err)


def test_an_unknown_strategy(call):
    code, _, err = call("run", "--strategy", "hybird")
    assert code == 2
    assert 'did you mean "hybrid"' in the_error(err)


def test_an_unknown_option_and_an_unknown_command(call):
    for command in (["plan", "--huors", "60"], ["plam"]):
        code, out, err = call(*command)
        assert (code, out) == (2, "")
        assert "No such" in err

"""The residency plan: what models take, where they go, what fits, and what is refused before loading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from standins.models import small_chat_model

from twolane.hardware.machine.base import Cores, Gpu, Machine, MachineMemory, Measurement, OllamaLimits
from twolane.hardware.plan.loads import ModelLoad, estimate
from twolane.hardware.plan.residency import plan_residency
from twolane.hardware.plan.shapes import known_shape, known_shapes, shape_of_file, shape_of_metadata
from twolane.llm.catalogue.models import file_path, find_model

OLLAMA = "http://127.0.0.1:11434"
MACHINES = Path(__file__).parent / "machines"
# What Ollama's /api/show says of llama3.2:1b, as far as it matters here.
LLAMA_1B = {
    "general.architecture": "llama",
    "llama.block_count": 16,
    "llama.context_length": 131072,
    "llama.embedding_length": 2048,
    "llama.feed_forward_length": 8192,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 8,
    "llama.attention.key_length": 64,
    "llama.attention.value_length": 64,
    "llama.vocab_size": 128256,
    "tokenizer.ggml.tokens": None,
}
GEMMA3_1B = {
    "general.architecture": "gemma3",
    "gemma3.block_count": 26,
    "gemma3.context_length": 32768,
    "gemma3.embedding_length": 1152,
    "gemma3.feed_forward_length": 6912,
    "gemma3.attention.head_count": 4,
    "gemma3.attention.head_count_kv": 1,
    "gemma3.attention.key_length": 256,
    "gemma3.attention.value_length": 256,
    "gemma3.attention.sliding_window": 512,
}


def lane(use: str, model: str, **more: object) -> ModelLoad:
    return replace(ModelLoad(use, model, "ollama", OLLAMA, shape=known_shape(model)), **more)  # type: ignore[arg-type]


def pair(**chat: object) -> list[ModelLoad]:
    return [lane("filing", "llama3.2:1b"), lane("chat", "llama3.1:8b", context_tokens=8192, **chat)]


def with_memory(gigabytes: float, free: float = 1.0, cores: int = 8) -> Machine:
    total = int(gigabytes * 1e9)
    return Machine(
        "linux",
        "x86_64",
        cores=Measurement(Cores(cores, cores, cores, cores)),
        memory=Measurement(MachineMemory(total, int(total * free))),
        gpus=Measurement(()),
    )


def test_a_file_says_the_shape_of_its_model() -> None:
    # given
    models_dir, name = small_chat_model()
    entry = find_model(name)

    # when
    shape = shape_of_file(name, file_path(entry, entry.files[0], models_dir))

    # then it is that of the table, and what the library itself reads
    known = known_shapes()[name]
    assert shape.source == "its file"
    assert shape.full_row == 30 * 3 * 64 * 2
    assert replace(shape, source="the table", tensor_bytes={}) == known
    assert sum(shape.tensor_bytes.values()) < entry.size_bytes


@pytest.mark.parametrize("keep_bytes", [0, 4, 40, 4000, 1_700_000])
def test_a_broken_file_is_an_error_of_its_own(tmp_path: Path, keep_bytes: int) -> None:
    # given
    models_dir, name = small_chat_model()
    entry = find_model(name)
    broken = tmp_path / "broken.gguf"
    with file_path(entry, entry.files[0], models_dir).open("rb") as stream:
        broken.write_bytes(stream.read(keep_bytes))

    # then
    with pytest.raises(ValueError, match=r".+"):
        shape_of_file("broken", broken)


def test_a_server_says_the_shape_of_its_model() -> None:
    # when
    shape = shape_of_metadata("llama3.2:1b", LLAMA_1B, 1_320_000_000)

    # then
    assert replace(shape, source="the table") == known_shapes()["llama3.2:1b"]


def test_a_sliding_window_keeps_less_of_the_context() -> None:
    # given four of 26 layers see all of it
    shape = shape_of_metadata("gemma3:1b", GEMMA3_1B, 815_000_000, vocabulary=262_144)
    load = ModelLoad("filing", "gemma3:1b", "ollama", context_tokens=8192, shape=shape)

    # when
    windowed, whole = estimate(load), estimate(replace(load, whole_window=True))

    # then
    assert replace(shape, source="the table") == known_shapes()["gemma3:1b"]
    assert shape.full_row == 4 * 512
    assert windowed.cache_bytes == 2 * (4 * 512 * 8192 + 22 * 512 * (512 + 1024))
    assert whole.cache_bytes == 2 * 26 * 512 * 8192


def test_layers_without_attention_keep_nothing() -> None:
    # given a model that mixes layers
    metadata = LLAMA_1B | {"llama.attention.head_count_kv": [8, 0] * 8}

    # then
    assert shape_of_metadata("mixed", metadata, 1).full_row == 8 * 8 * 128


def test_metadata_without_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="do not hold"):
        shape_of_metadata("nothing", {"general.architecture": "new"}, 1)


def test_a_name_gives_a_guess_or_nothing() -> None:
    assert known_shape("library/llama3.1:8b") is known_shapes()["llama3.1:8b"]
    guess = known_shape("mistral-small:24b-instruct")
    assert guess is not None
    assert guess.source == "its name"
    assert guess.weights_bytes == pytest.approx(14.9e9, rel=0.01)
    assert known_shape("my-model") is None


def test_context_slots_and_cache_type_decide_the_cache() -> None:
    # given
    load = lane("chat", "llama3.1:8b", context_tokens=8192)

    # then 128 KiB a token
    assert estimate(load).cache_bytes == 8192 * 131_072
    assert estimate(replace(load, slots=2)).cache_bytes == 2 * 8192 * 131_072
    assert estimate(replace(load, cache_type="q8_0")).cache_bytes == 8192 * 131_072 * 8.5 / 16


def test_the_pair_fits_and_ollama_is_told_how() -> None:
    # when
    plan = plan_residency(with_memory(33), pair(), embedder_bytes=23_000_000)

    # then
    assert plan.verdict == "fits"
    assert plan.settings == (
        "OLLAMA_MAX_LOADED_MODELS=2",
        "OLLAMA_NUM_PARALLEL=1",
        "LLAMA_ARG_CACHE_RAM=512",
    )
    assert {item.place for item in plan.items} == {"memory"}
    assert plan.places[0].needed_bytes == sum(item.needed_bytes for item in plan.items)


def test_two_servers_are_told_apart() -> None:
    # given
    loads = pair(url="http://127.0.0.1:11435")

    # then
    assert (
        "OLLAMA_MAX_LOADED_MODELS=1  # at http://127.0.0.1:11435"
        in plan_residency(with_memory(33), loads).settings
    )


def test_memory_that_others_hold_is_a_condition() -> None:
    # when
    plan = plan_residency(with_memory(33, free=0.2), pair())

    # then
    assert plan.verdict == "fits if"
    assert "other programs give back" in plan.conditions[0]


def test_what_is_loaded_already_is_not_needed_again() -> None:
    # given
    loads = [replace(load, loaded=True) for load in pair()]

    # then
    assert plan_residency(with_memory(33, free=0.1), loads).verdict == "fits"


def test_a_shorter_context_is_offered_where_it_would_fit() -> None:
    # when
    plan = plan_residency(with_memory(8.6), pair())

    # then
    assert plan.verdict == "fits if"
    assert plan.conditions[0] == "chat.context_tokens is 4096, not 8192"
    assert "are needed" in plan.too_large[0]


def test_what_cannot_fit_is_refused_with_its_figures() -> None:
    # when
    plan = plan_residency(with_memory(4), pair())

    # then
    assert plan.verdict == "does not fit"
    assert "are needed, and of 4.0 GB no more than 3.5 GB can be had" in plan.refusals[0]


def test_a_container_leaves_nothing_to_the_system() -> None:
    # given a limit that is just enough, and a machine of the same size
    machine = with_memory(8.5)
    memory = machine.memory.value
    assert memory
    container = replace(machine, memory=Measurement(replace(memory, limit="control group")))

    # when nothing is kept of old prompts
    server = [OllamaLimits(prompt_cache_mib=0)]

    # then
    assert plan_residency(container, pair(), ollama=server).verdict == "fits"
    assert plan_residency(machine, pair(), ollama=server).verdict != "fits"


def test_two_models_on_an_ollama_that_keeps_one_are_refused() -> None:
    # when
    plan = plan_residency(with_memory(33), pair(), ollama=[OllamaLimits(max_loaded_models=1)])

    # then
    assert plan.verdict == "does not fit"
    assert "OLLAMA_MAX_LOADED_MODELS=2" in plan.refusals[0]


@pytest.mark.parametrize("limit", [None, 0, 2])
def test_an_ollama_that_keeps_both_is_not(limit: int | None) -> None:
    assert plan_residency(with_memory(33), pair(), ollama=[OllamaLimits(limit)]).verdict == "fits"


def test_one_model_used_in_two_ways_is_refused() -> None:
    # given profile C with phi3:mini in both lanes
    loads = [
        lane("filing", "phi3:mini", context_tokens=2048),
        lane("chat", "phi3:mini", context_tokens=4096),
    ]
    alike = [replace(load, context_tokens=4096) for load in loads]

    # then
    assert "loads it anew" in plan_residency(with_memory(33), loads).refusals[0]
    assert not plan_residency(with_memory(33), alike).refusals


def test_threads_over_the_cores_are_a_condition() -> None:
    # given
    loads = [replace(load, threads=8) for load in pair()]

    # then
    assert "add up to 8 or less, not 16" in plan_residency(with_memory(33), loads).conditions[0]


def test_lanes_that_take_turns_may_each_have_all_cores() -> None:
    # given
    loads = [replace(load, threads=8) for load in pair()]

    # when
    plan = plan_residency(with_memory(33), loads, in_turn=True)
    over = plan_residency(with_memory(33), [replace(load, threads=9) for load in loads], in_turn=True)

    # then
    assert plan.verdict == "fits"
    assert "each 8 or less, not 9" in over.conditions[0]


def test_a_gpu_takes_both_models_and_their_threads_do_not_matter() -> None:
    # given
    loads = [replace(load, threads=16) for load in pair()]

    # when
    plan = plan_residency(Machine.load(MACHINES / "rtx-4090.json"), loads)

    # then
    assert plan.verdict == "fits"
    assert [item.place for item in plan.items[:2]] == ["NVIDIA GeForce RTX 4090 #1"] * 2


def test_two_gpus_take_one_model_each() -> None:
    # given a chat model that leaves no room on the first
    loads = pair(slots=5)

    # when
    plan = plan_residency(Machine.load(MACHINES / "two-rtx-3060-12gb.json"), loads)

    # then
    assert [item.place[-2:] for item in plan.items[:2]] == ["#2", "#1"]
    assert plan.verdict == "fits"


def test_a_model_that_no_gpu_holds_alone_is_spread_over_those_of_a_vendor() -> None:
    # given two GPUs of 12 GB, and a card of AMD's that Ollama does not mix with them
    machine = Machine.load(MACHINES / "two-rtx-3060-12gb.json")
    radeon = Gpu("amd", "Radeon RX 7600", 8 << 30, 8 << 30, False)
    mixed = replace(machine, gpus=Measurement((*machine.gpus.known(()), radeon)))
    loads = pair(slots=9)

    # when
    plan = plan_residency(mixed, loads)
    filing, chat = plan.items[:2]
    first, second, third = plan.places[1:]

    # then
    assert chat.place == "several GPUs"
    assert chat.needed_bytes > 12 << 30
    assert filing.place == "NVIDIA GeForce RTX 3060 #1"
    assert first.needed_bytes == filing.needed_bytes + second.needed_bytes
    assert second.needed_bytes == chat.needed_bytes // 2
    assert third.needed_bytes == 0
    assert plan.verdict == "fits"
    assert plan_residency(mixed, pair(slots=40)).items[1].place == "memory"


def test_what_is_loaded_and_spread_is_not_needed_again() -> None:
    # given the room that both models have left
    machine = Machine.load(MACHINES / "two-rtx-3060-12gb.json")
    full = tuple(replace(gpu, free_bytes=1 << 30) for gpu in machine.gpus.known(()))
    loads = pair(slots=9)

    # when
    before = plan_residency(replace(machine, gpus=Measurement(full)), loads)
    after = plan_residency(
        replace(machine, gpus=Measurement(full)), [replace(load, loaded=True) for load in loads]
    )

    # then
    assert before.verdict == "fits if"
    assert after.verdict == "fits"


def test_a_model_that_no_gpu_holds_is_said_to_be_slower() -> None:
    # when
    plan = plan_residency(Machine.load(MACHINES / "rtx-4060-laptop.json"), pair(slots=3))

    # then
    chat = plan.items[1]
    assert chat.place == "memory"
    assert "slower" in chat.source


def test_metal_may_be_the_limit() -> None:
    # when
    plan = plan_residency(Machine.load(MACHINES / "apple-m2-16gb.json"), pair(slots=5))

    # then
    assert "iogpu.wired_limit_mb" in " ".join(plan.conditions)


def test_models_of_another_machine_take_nothing_here() -> None:
    # given
    loads = [replace(load, local=False, url="http://big:11434") for load in pair()]

    # when
    plan = plan_residency(with_memory(4), loads)

    # then
    assert plan.verdict == "fits"
    assert plan.items[0].place == "elsewhere"


def test_what_is_unknown_is_said_to_be() -> None:
    assert plan_residency(Machine("plan9", "mips"), pair()).verdict == "unknown"
    strange = [lane("chat", "my-model")]
    assert plan_residency(with_memory(33), strange).verdict == "unknown"


def test_one_model_in_both_lanes_of_an_ollama_is_loaded_once() -> None:
    # given profile C with phi3:mini in both lanes of one server, whose name can be written in two ways
    machine = Machine.load(MACHINES / "laptop-8gb.json")
    loads = [lane("filing", "phi3:mini"), lane("chat", "phi3:mini", url="http://localhost:11434")]

    # when
    plan = plan_residency(machine, loads)

    # then
    assert [item.what for item in plan.items] == ["filing and chat: phi3:mini", "twolane itself"]
    assert plan.items[0].needed_bytes == estimate(loads[0]).needed_bytes
    assert plan.verdict == "fits if"
    assert not plan.too_large
    assert plan.settings[:2] == ("OLLAMA_MAX_LOADED_MODELS=1", "OLLAMA_NUM_PARALLEL=1")


def test_one_model_on_two_servers_is_loaded_twice() -> None:
    # given
    loads = [lane("filing", "phi3:mini"), lane("chat", "phi3:mini", url="http://127.0.0.1:11435")]

    # then
    assert len(plan_residency(with_memory(33), loads).items) == 3


def test_the_context_of_a_shared_model_is_shortened_for_both_lanes() -> None:
    # given
    loads = [lane(use, "phi3:mini", context_tokens=8192) for use in ("filing", "chat")]

    # when
    plan = plan_residency(with_memory(6), loads)

    # then
    assert plan.conditions[0] == "filing.context_tokens and chat.context_tokens are 4096, not 8192"


@pytest.mark.parametrize(
    ("known", "slots"), [([], 3), ([OllamaLimits(num_parallel=4)], 4), ([OllamaLimits(num_parallel=0)], 1)]
)
def test_the_slots_are_the_servers_for_every_model_there(known: list[OllamaLimits], slots: int) -> None:
    # given one lane that asks for three at once, an embedding model beside, and a second server
    loads = [*pair(slots=3), lane("vectors", "nomic-embed-text", context_tokens=2048)]
    other = lane("filing", "llama3.2:1b", url="http://127.0.0.1:11435")

    # when
    plan = plan_residency(with_memory(64), [*loads, other], ollama=known)

    # then
    wanted = [
        estimate(replace(load, slots=1 if load.use == "vectors" else slots)).cache_bytes for load in loads
    ]
    assert [item.cache_bytes for item in plan.items[:3]] == wanted
    assert plan.items[3].cache_bytes == estimate(other).cache_bytes


def test_the_type_of_the_cache_is_the_servers() -> None:
    # when
    plan = plan_residency(with_memory(33), pair(), ollama=[OllamaLimits(cache_type="q8_0")])
    unset = plan_residency(with_memory(33), pair(), ollama=[OllamaLimits(cache_type="")])

    # then
    assert plan.items[1].cache_bytes == 8192 * 131_072 * 8.5 / 16
    assert unset.items[1].cache_bytes == 8192 * 131_072


def test_what_ollama_keeps_of_old_prompts_is_a_condition_where_there_is_no_room_for_it() -> None:
    # given 8.3 GB that are needed, and 8 GiB more for each of two models
    machine, wanted = with_memory(16), "LLAMA_ARG_CACHE_RAM=512 stands in Ollama's environment"

    # when
    plan = plan_residency(machine, pair())
    set_there = plan_residency(machine, pair(), ollama=[OllamaLimits(prompt_cache_mib=512)])
    without_limit = plan_residency(with_memory(64), pair(), ollama=[OllamaLimits(prompt_cache_mib=-1)])

    # then
    assert plan.verdict == "fits if"
    assert plan.conditions == (wanted,)
    assert "LLAMA_ARG_CACHE_RAM=512" in plan.settings
    assert plan.places[0].grows_bytes == 2 * 8192 << 20
    assert set_there.verdict == "fits"
    assert without_limit.conditions == (wanted,)


def test_old_prompts_are_held_to_less_where_even_the_usual_limit_finds_no_room() -> None:
    # given a machine with half a GB to spare
    spare = plan_residency(with_memory(16), pair()).places[0].needed_bytes + (1 << 30) + 500_000_000

    # when
    plan = plan_residency(with_memory(spare / 1e9), pair())

    # then
    assert plan.conditions == ("LLAMA_ARG_CACHE_RAM=128 stands in Ollama's environment",)
    assert "LLAMA_ARG_CACHE_RAM=128" in plan.settings


def test_old_prompts_of_a_model_on_a_gpu_are_in_the_machines_memory() -> None:
    # given the machine of profile A with less memory
    machine = Machine.load(MACHINES / "rtx-4090.json")
    small = replace(machine, memory=Measurement(MachineMemory(12_000_000_000, 10_000_000_000)))

    # then
    assert plan_residency(machine, pair()).verdict == "fits"
    assert "LLAMA_ARG_CACHE_RAM=512" in plan_residency(small, pair()).conditions[0]


def test_a_server_that_hides_its_environment_is_said_to() -> None:
    # given
    hidden = [OllamaLimits(port=0, unread="it runs as another user")]

    # when
    plan = plan_residency(with_memory(33), pair(), ollama=hidden)
    elsewhere = plan_residency(
        with_memory(33), [replace(each, local=False) for each in pair()], ollama=hidden
    )

    # then
    assert "could not be read (it runs as another user)" in plan.notes[0]
    assert plan.verdict == "fits"
    assert not elsewhere.notes


def test_a_server_is_known_by_its_port() -> None:
    # given two of them, of which one keeps a single model
    two = [OllamaLimits(max_loaded_models=2), OllamaLimits(max_loaded_models=1, port=11435)]
    second = [replace(load, url="http://127.0.0.1:11435") for load in pair()]

    # then
    assert not plan_residency(with_memory(33), pair(), ollama=two).refusals
    assert plan_residency(with_memory(33), second, ollama=two).refusals


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("llama3.2", "llama3.2:3b"),
        ("llama3.1:latest", "llama3.1:8b"),
        ("phi3", "phi3:mini"),
        ("phi3:3.8b", "phi3:mini"),
        ("gemma", "gemma:7b"),
        ("gemma:instruct", "gemma:7b"),
        ("mistral", "mistral:7b"),
        ("llama2", "llama2:7b"),
        ("llama3.1:8b-instruct", "llama3.1:8b"),
    ],
)
def test_a_name_without_a_size_means_what_ollama_fetches(name: str, meant: str) -> None:
    assert known_shape(name) is known_shapes()[meant]


@pytest.mark.parametrize(
    ("name", "gigabytes"),
    [
        ("llama3.1:8b-instruct-q8_0", 8.5),
        ("llama3.1:8b-instruct-fp16", 16.1),
        ("llama3.1:8b-instruct-q2_K", 3.2),
        ("llama3.2:1b-instruct-fp16", 2.5),
        ("llama3.2:1b-instruct-q4_K_M", 0.8),
        ("hf.co/someone/Llama-3.2-3B-Instruct-GGUF:Q8_0", 3.4),
        ("own:8b-bf16", 16.1),
    ],
)
def test_a_quantisation_in_the_name_counts(name: str, gigabytes: float) -> None:
    # when
    shape = known_shape(name)

    # then
    assert shape
    assert shape.source == "its name"
    assert shape.weights_bytes / 1e9 == pytest.approx(gigabytes, rel=0.06)


def test_models_without_shared_key_value_heads_keep_more() -> None:
    # then llama2:7b keeps 512 KiB of a token, gemma:7b 448
    assert known_shapes()["llama2:7b"].full_row == 262_144
    assert known_shapes()["gemma:7b"].full_row == 229_376

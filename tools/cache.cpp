// SPDX-License-Identifier: Apache-2.0
// vmtool cache: the compiled code that a chain's home keeps. Nothing here is needed for the chain
// to work, nor can it break anything: code that is gone is compiled again.
#include "compiler/artifact.hpp"
#include "compiler/build_id.hpp"
#include "storage/artifact_shelf.hpp"
#include "storage/mac_key.hpp"
#include "tools/home.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    std::string home;
    u64 bytes = contract::EngineOptions{}.disk_cache_bytes;
    bool remove = false;
    std::string code;
};

/// A home's artifacts, and what they would have to be to be used here.
class Cache {
public:
    explicit Cache(const std::string& directory)
        : store_(open_home_store(directory)), shelf_(*store_.kv),
          profile_(lockstep::digest(store_.rules.profile)),
          schedule_(metering::digest(store_.rules.schedule)),
          pins_(need(shelf_.pins(), "the pins could not be read")) {}

    [[nodiscard]] storage::ArtifactShelf& shelf() noexcept { return shelf_; }
    [[nodiscard]] const storage::ArtifactShelf& shelf() const noexcept { return shelf_; }
    [[nodiscard]] const HomeStore& store() const noexcept { return store_; }
    [[nodiscard]] std::vector<storage::ArtifactNote> notes() const {
        return need(shelf_.notes(), "the artifacts could not be read");
    }
    [[nodiscard]] const std::vector<Digest>& pins() const noexcept { return pins_; }
    [[nodiscard]] bool is_pinned(const Digest& code) const {
        return std::ranges::find(pins_, code) != pins_.end();
    }

    /// "current", or why it is not used here.
    [[nodiscard]] std::string_view state_of(const storage::ArtifactNote& note) const {
        const auto header = compiler::read_artifact_header(note.label);
        if (header.has_error()) return "unknown";
        const compiler::ArtifactKey& key = header.assume_value().key;
        if (compiler::digest(key) != note.key) return "misplaced";
        if (key.build != compiler::build_id()) return "other build";
        if (key.profile != profile_ || key.schedule != schedule_) return "other rules";
        if (key.target && key.target != compiler::host_target()) return "other target";
        return "current";
    }

private:
    HomeStore store_;
    storage::ArtifactShelf shelf_;
    Digest profile_;
    Digest schedule_;
    std::vector<Digest> pins_;
};

std::string time_text(u64 seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    char text[32];
    if (gmtime_r(&time, &parts) == nullptr) return "?";
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

Json entry_json(const Cache& cache, const storage::ArtifactNote& note) {
    Json entry{{"artifact", to_hex(note.key)},
               {"state", cache.state_of(note)},
               {"bytes", note.bytes},
               {"last_use", time_text(note.last_use)}};
    const auto header = compiler::read_artifact_header(note.label);
    if (header.has_error()) return entry;
    const compiler::ArtifactKey& key = header.assume_value().key;
    entry["code"] = to_hex(key.code);
    entry["tier"] = compiler::name_of(key.tier);
    entry["target"] = compiler::baseline_of(key.target);
    entry["traps_mode"] = name_of(key.traps);
    entry["build"] = to_hex(key.build);
    entry["pinned"] = cache.is_pinned(key.code);
    return entry;
}

Exit list(const Options& options, bool json) {
    const Cache cache(options.home);
    Json entries = Json::array();
    for (const storage::ArtifactNote& note : cache.notes())
        entries.push_back(entry_json(cache, note));
    Json pins = Json::array();
    for (const Digest& code : cache.pins())
        pins.push_back(to_hex(code));
    if (json) {
        print_json({{"artifacts", std::move(entries)}, {"pins", std::move(pins)}});
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows = {
        {"code", "tier", "target", "traps", "bytes", "last use", "state", "pinned"}};
    for (const Json& entry : entries)
        rows.push_back({entry.value("code", "?"), entry.value("tier", "?"),
                        entry.value("target", "?"), entry.value("traps_mode", "?"),
                        entry["bytes"].dump(), entry["last_use"], entry["state"],
                        entry.value("pinned", false) ? "yes" : "-"});
    std::cout << table_text(rows);
    return Exit::ok;
}

Exit stat(const Options& options, bool json) {
    const Cache cache(options.home);
    u64 bytes = 0;
    u64 count = 0;
    Json states = Json::object();
    for (const storage::ArtifactNote& note : cache.notes()) {
        ++count;
        bytes += note.bytes;
        const std::string state(cache.state_of(note));
        states[state] = states.value(state, u64{0}) + 1;
    }
    std::string detail;
    const auto key = storage::read_mac_key(storage::mac_key_path(cache.store().path), &detail);
    const std::string key_text = key.has_value() ? "ok" : printable(detail);
    if (json) {
        print_json({{"artifacts", count},
                    {"bytes", bytes},
                    {"states", states},
                    {"pins", cache.pins().size()},
                    {"key", key_text},
                    {"build", to_hex(compiler::build_id())},
                    {"rules", cache.store().config.rules},
                    {"faults", cache.store().kv->artifact_faults()}});
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows = {{"artifacts", std::to_string(count)},
                                                  {"bytes", std::to_string(bytes)}};
    for (const auto& [state, number] : states.items())
        rows.push_back({state, number.dump()});
    rows.push_back({"pins", std::to_string(cache.pins().size())});
    rows.push_back({"key", key_text});
    rows.push_back({"build", to_hex(compiler::build_id())});
    rows.push_back({"rules", cache.store().config.rules});
    std::cout << table_text(rows);
    return Exit::ok;
}

/// What is wrong with an artifact, or empty.
std::string problem_of(const Cache& cache, const storage::ArtifactNote& note, const MacKey& mac) {
    const auto found = cache.shelf().get(note.key);
    if (!found.artifact) return "it cannot be read";
    if (!compiler::is_authentic(*found.artifact, mac)) return "its tag is wrong";
    const auto header = compiler::read_artifact_header(*found.artifact);
    if (header.has_error()) return cache.state_of(note) == "unknown" ? "" : "its header is damaged";
    const compiler::ArtifactKey& key = header.assume_value().key;
    if (compiler::digest(key) != note.key) return "it lies under the key of another";
    if (cache.state_of(note) != "current") return {};
    const compiler::Options options{.profile = cache.store().rules.profile,
                                    .schedule = cache.store().rules.schedule,
                                    .tier = key.tier,
                                    .traps = key.traps};
    if (compiler::check_artifact(*found.artifact, options).has_error())
        return "its contents make no sense";
    return {};
}

Exit verify(const Options& options, bool json) {
    Cache cache(options.home);
    std::string detail;
    const auto mac = storage::read_mac_key(storage::mac_key_path(cache.store().path), &detail);
    if (mac.has_error())
        throw Stop{Exit::environment, "without its key no artifact can be verified", options.home,
                   printable(detail),
                   "The next use of the chain makes a new key and compiles again."};
    const auto notes = cache.notes();
    Json bad = Json::array();
    {
        Progress progress("verifying", notes.size());
        u64 done = 0;
        for (const storage::ArtifactNote& note : notes) {
            const std::string problem = problem_of(cache, note, mac.assume_value());
            progress.show(++done);
            if (problem.empty()) continue;
            bad.push_back({{"artifact", to_hex(note.key)}, {"problem", problem}});
            if (options.remove) cache.shelf().remove(note.key);
        }
    }
    const Exit exit = bad.empty() || options.remove ? Exit::ok : Exit::bad_input;
    if (json) {
        print_json({{"artifacts", notes.size()},
                    {"damaged", bad.size()},
                    {"removed", options.remove ? bad.size() : 0},
                    {"problems", bad}});
        return exit;
    }
    for (const Json& one : bad)
        std::cout << one["artifact"].get<std::string>() << ": " << one["problem"].get<std::string>()
                  << '\n';
    std::cout << notes.size() << " artifacts, " << bad.size() << " damaged"
              << (options.remove && !bad.empty() ? " and removed" : "") << '\n';
    return exit;
}

Exit collect(const Options& options, bool json) {
    Cache cache(options.home);
    const auto done = need(cache.shelf().collect(options.bytes,
                                                 [&](const storage::ArtifactNote& note) {
                                                     return cache.state_of(note) == "current";
                                                 }),
                           "the artifacts could not be read");
    if (json)
        print_json({{"removed", done.removed},
                    {"removed_bytes", done.removed_bytes},
                    {"kept", done.kept},
                    {"kept_bytes", done.kept_bytes}});
    else
        std::cout << "removed " << done.removed << " artifacts, " << done.removed_bytes
                  << " bytes; kept " << done.kept << ", " << done.kept_bytes << " bytes\n";
    return Exit::ok;
}

Exit set_pin(const Options& options, bool json, bool pin) {
    Cache cache(options.home);
    const auto code = parse_hex(options.code);
    if (!code)
        throw Stop{Exit::usage,
                   "\"" + printable(options.code) + "\" is no checksum",
                   {},
                   "a checksum is 64 hexadecimal digits",
                   "vmtool contract list shows the chain's codes."};
    const auto stored = need(cache.store().kv->get(storage::Family::code, *code),
                             "the codes could not be read", options.home);
    if (pin && !stored)
        throw Stop{Exit::usage, "the chain has no code with this checksum", options.home,
                   to_hex(*code), "vmtool contract list shows the chain's codes."};
    const bool was_pinned = cache.is_pinned(*code);
    if (!(pin ? cache.shelf().pin(*code) : cache.shelf().unpin(*code)))
        throw Stop{Exit::environment, "the pin could not be stored", options.home,
                   printable(cache.store().kv->last_problem()),
                   "Check permissions and free space."};
    if (json)
        print_json({{"code", to_hex(*code)}, {"pinned", pin}, {"changed", pin != was_pinned}});
    else
        std::cout << to_hex(*code) << (pin ? " is pinned" : " is not pinned")
                  << (pin == was_pinned ? " as before" : "") << '\n';
    return Exit::ok;
}

constexpr const char* footer = R"(
HOME is the directory of a chain (or $LOCKSTEP_HOME), not in use by another process. Artifacts are
authenticated by the secret in HOME/data/artifacts.key; whatever is wrong with one, its code is
compiled again and the chain's results are the same. States: current, other build, other rules,
other target, misplaced, unknown. Pinned code is made ready when a node starts and stays in memory.
`verify` ends with exit code 4 if an artifact is damaged. With --json: `ls` {"artifacts":
[{"artifact", "state", "bytes", "last_use", "code", "tier", "target", "traps_mode", "build",
"pinned"}], "pins"}; `stat` {"artifacts", "bytes", "states", "pins", "key", "build", "rules",
"faults"}; `verify` {"artifacts", "damaged", "removed", "problems": [{"artifact", "problem"}]}; `gc`
{"removed", "removed_bytes", "kept", "kept_bytes"}; `pin`, `unpin` {"code", "pinned", "changed"}.

  vmtool cache ls /tmp/chain
  vmtool cache gc /tmp/chain --bytes 100000000)";

/// A subcommand that runs `act` with options of its own.
template <class Act>
std::pair<CLI::App*, Options*> add(CLI::App& app, Session& session, const char* name,
                                   const char* description, Act act) {
    CLI::App* sub = app.add_subcommand(name, description);
    const auto options = std::make_shared<Options>();
    sub->add_option("HOME", options->home, "Directory of the chain")
        ->envname("LOCKSTEP_HOME")
        ->required();
    sub->callback([options, act, &session] {
        session.action = [options, act, &session] { return act(*options, session.json); };
    });
    return {sub, options.get()};
}

} // namespace

void add_cache(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("cache", "The compiled code that a chain keeps");
    app->require_subcommand(1);
    app->footer(footer);
    add(*app, session, "ls", "Every artifact", list);
    add(*app, session, "stat", "How many there are, and of what kind", stat);
    {
        auto [sub, options] =
            add(*app, session, "verify", "Check every artifact's tag and contents", verify);
        sub->add_flag("--remove", options->remove, "Remove what is damaged");
    }
    {
        auto [sub, options] =
            add(*app, session, "gc", "Remove artifacts of other builds and rules, and the oldest",
                collect);
        sub->add_option("--bytes", options->bytes, "How much may be left")->capture_default_str();
    }
    for (const bool pin : {true, false}) {
        auto [sub, options] =
            add(*app, session, pin ? "pin" : "unpin",
                pin ? "Have a code ready whenever a node starts" : "Take a pin back",
                [pin](const Options& given, bool json) { return set_pin(given, json, pin); });
        sub->add_option("CODE", options->code, "The code's checksum")->required();
    }
}

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// The journal: by hand where a rule is to be seen, and against a model that copies whole maps.
#include "storage/overlay.hpp"

#include "storage/namespace.hpp"
#include "storage/test/kv_testing.hpp"

#include <algorithm>
#include <map>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace {

constexpr Order up = Order::ascending;
constexpr Order down = Order::descending;

struct Journal {
    std::unique_ptr<Kv> base = memory_kv().value();
    Overlay overlay{*base};

    explicit Journal(std::initializer_list<std::pair<const char*, const char*>> pairs = {}) {
        for (const auto& [key, value] : pairs)
            test::put(*base, Family::state, key, value);
    }

    void put(std::string_view key, std::string_view value) {
        REQUIRE(overlay.put(as_bytes(key), as_bytes(value)).has_value());
    }
    void remove(std::string_view key) { REQUIRE(overlay.remove(as_bytes(key)).has_value()); }
    void begin() { REQUIRE(overlay.begin().has_value()); }
    void commit() { REQUIRE(overlay.commit().has_value()); }
    void rollback() { REQUIRE(overlay.rollback().has_value()); }

    [[nodiscard]] std::optional<std::string> get(std::string_view key) const {
        const result<std::optional<Bytes>> value = overlay.get(as_bytes(key));
        REQUIRE(value.has_value());
        if (!value.value()) return std::nullopt;
        return text(*value.value());
    }

    [[nodiscard]] std::unique_ptr<KvIterator> iterate(Order order = up) {
        return overlay.iterate({.start = {}, .end = {}, .order = order}).value();
    }
    [[nodiscard]] Pairs all() { return scan(overlay, nullptr, nullptr, up); }

    void flush() {
        Batch batch;
        REQUIRE(overlay.flush_into(batch).has_value());
        REQUIRE(base->write(batch).has_value());
        overlay.clear();
    }
};

} // namespace

TEST_CASE("overlay: pending writes hide the base and leave it alone until they are flushed") {
    Journal journal{{"a", "base"}, {"b", "base"}};
    journal.put("a", "new");
    journal.remove("b");
    journal.put("c", "new");
    CHECK(journal.get("a") == "new");
    CHECK_FALSE(journal.get("b"));
    CHECK(journal.get("c") == "new");
    CHECK(all(*journal.base) == Pairs{{"a", "base"}, {"b", "base"}});
    const Pairs expected = {{"a", "new"}, {"c", "new"}};
    CHECK(journal.all() == expected);
    journal.flush();
    CHECK(all(*journal.base) == expected);
    CHECK(journal.all() == expected);
}

TEST_CASE("overlay: a level is kept or undone whole") {
    Journal journal{{"a", "base"}};
    journal.put("b", "0");
    journal.begin();
    journal.put("a", "1");
    journal.put("b", "1");
    journal.begin();
    CHECK(journal.overlay.depth() == 2);
    journal.remove("a");
    journal.put("b", "2");
    journal.put("c", "2");
    journal.rollback();
    CHECK(journal.all() == Pairs{{"a", "1"}, {"b", "1"}});
    journal.begin();
    journal.put("b", "3");
    journal.commit();
    CHECK(journal.get("b") == "3");
    journal.put("b", "1 again");
    journal.rollback();
    CHECK(journal.all() == Pairs{{"a", "base"}, {"b", "0"}});
    CHECK(journal.overlay.depth() == 0);
}

TEST_CASE("overlay: levels must match, and only level 0 is flushed") {
    Journal journal;
    CHECK(journal.overlay.commit().error() == Error{Errc::bad_argument});
    CHECK(journal.overlay.rollback().error() == Error{Errc::bad_argument});
    journal.begin();
    journal.put("a", "1");
    Batch batch;
    CHECK(journal.overlay.flush_into(batch).error() == Error{Errc::bad_argument});
    CHECK(batch.empty());
    journal.commit();
    CHECK(journal.overlay.flush_into(batch).has_value());
    CHECK(batch.changes().size() == 1);
    journal.begin();
    journal.overlay.clear();
    CHECK(journal.overlay.depth() == 0);
    CHECK(journal.all().empty());
}

TEST_CASE("overlay: base and pending writes are walked as one, in both orders") {
    Journal journal{{"b", "base"}, {"d", "base"}, {"f", "base"}, {"h", "base"}};
    journal.put("a", "new");
    journal.put("d", "new");
    journal.put("e", "new");
    journal.remove("f");
    journal.remove("g");
    journal.put("i", "new");
    const Pairs pairs = {{"a", "new"}, {"b", "base"}, {"d", "new"},
                         {"e", "new"}, {"h", "base"}, {"i", "new"}};
    CHECK(journal.all() == pairs);
    CHECK(scan(journal.overlay, nullptr, nullptr, down) == Pairs(pairs.rbegin(), pairs.rend()));
    CHECK(scan(journal.overlay, "b", "e", up) == Pairs(pairs.begin() + 1, pairs.begin() + 3));
    CHECK(scan(journal.overlay, "d", "i", down) == Pairs(pairs.rbegin() + 1, pairs.rend() - 2));
    CHECK(scan(journal.overlay, "e", "e", up).empty());
    CHECK(scan(journal.overlay, "e", "d", up).empty());
    CHECK(scan(journal.overlay, "e", "d", down).empty());
    CHECK(scan(journal.overlay, "f", "h", down).empty());
}

TEST_CASE("overlay: writes made during a walk do not disturb it") {
    for (const Order order : {up, down}) {
        Journal journal{{"b", "base"}, {"d", "base"}};
        journal.put("a", "old");
        journal.put("c", "old");
        journal.put("e", "old");
        Pairs expected = journal.all();
        if (order == down) expected = Pairs(expected.rbegin(), expected.rend());
        const std::unique_ptr<KvIterator> walk = journal.iterate(order);
        Pairs seen;
        for (u32 i = 0;; ++i) {
            const std::optional<KeyValue> pair = walk->next().value();
            if (!pair) break;
            seen.emplace_back(text(pair->first), text(pair->second));
            for (const char* key : {"a", "b", "c", "d", "e", "aa", "bb", "cc", "dd", "ee", ""}) {
                if (i % 2 == 0)
                    journal.put(key, "during");
                else
                    journal.remove(key);
            }
        }
        CHECK(seen == expected);
    }
}

TEST_CASE("overlay: a walk goes on over a child's writes and their rollback") {
    Journal journal{{"b", "base"}};
    journal.begin();
    for (const char* key : {"a", "c", "e"})
        journal.put(key, "parent");
    const std::unique_ptr<KvIterator> upwards = journal.iterate(up);
    const std::unique_ptr<KvIterator> downwards = journal.iterate(down);
    REQUIRE(upwards->next().value());
    REQUIRE(downwards->next().value());
    journal.begin();
    journal.remove("c");
    journal.put("bb", "child");
    journal.put("cc", "child");
    REQUIRE(text(upwards->next().value()->first) == "b");
    REQUIRE(text(downwards->next().value()->first) == "c");
    journal.rollback();
    CHECK(drain(*upwards) == Pairs{{"c", "parent"}, {"e", "parent"}});
    CHECK(drain(*downwards) == Pairs{{"b", "base"}, {"a", "parent"}});
}

TEST_CASE("overlay: a rollback takes undone writes out of a walk's sight") {
    for (const Order order : {up, down}) {
        Journal journal{{"b", "base"}, {"d", "base"}};
        journal.begin();
        for (const char* key : {"a", "b", "c", "e"})
            journal.put(key, "undone");
        const std::unique_ptr<KvIterator> walk = journal.iterate(order);
        REQUIRE(walk->next().value());
        journal.rollback();
        for (const char* key : {"a", "b", "c", "e"})
            journal.put(key, "later");
        const std::string near = order == up ? "b" : "d";
        const std::string far = order == up ? "d" : "b";
        CHECK(drain(*walk) == Pairs{{near, "base"}, {far, "base"}});
    }
}

// The model copies its whole map for each level and each iterator.
TEST_CASE("overlay: does what a model does, for 40 random histories") {
    using Map = std::map<std::string, std::string>;
    struct Walk {
        std::unique_ptr<KvIterator> real;
        Pairs model;
        usize at;
        usize depth;
    };
    for (u32 seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        const auto below = [&](u32 n) { return random.below(n); };
        const auto random_key = [&] { return std::string(below(3), 'k') + char('a' + below(12)); };
        Journal journal;
        std::vector<Map> levels(1);
        std::vector<Walk> walks;
        for (u32 i = 0; i < 20; ++i) {
            const std::string key = random_key();
            put(*journal.base, Family::state, key, "base");
            levels[0][key] = "base";
        }
        for (u32 step = 0; step < 1500; ++step) {
            CAPTURE(step);
            Map& map = levels.back();
            const std::string key = random_key();
            const u32 choice = below(100);
            if (choice < 30) {
                journal.put(key, std::to_string(step));
                map[key] = std::to_string(step);
            } else if (choice < 45) {
                journal.remove(key);
                map.erase(key);
            } else if (choice < 55) {
                const Map::const_iterator found = map.find(key);
                CHECK(journal.get(key) ==
                      (found == map.end() ? std::nullopt : std::optional(found->second)));
            } else if (choice < 62 && levels.size() < 8) {
                journal.begin();
                levels.push_back(map);
            } else if (choice < 67 && levels.size() > 1) {
                journal.commit();
                levels.erase(levels.end() - 2);
                for (Walk& walk : walks)
                    walk.depth = std::min(walk.depth, levels.size());
            } else if (choice < 70 && levels.size() > 1) {
                std::erase_if(walks, [&](const Walk& walk) { return walk.depth == levels.size(); });
                journal.rollback();
                levels.pop_back();
            } else if (choice < 78 && walks.size() < 6) {
                const std::string start = random_key();
                const std::string end = random_key();
                Range range{.start = {}, .end = {}, .order = below(2) != 0 ? up : down};
                if (below(2) != 0) range.start = as_bytes(start);
                if (below(2) != 0) range.end = as_bytes(end);
                Pairs model;
                for (const auto& [k, v] : map) {
                    if ((!range.start || k >= start) && (!range.end || k < end)) {
                        model.emplace_back(k, v);
                    }
                }
                if (range.order == down) std::reverse(model.begin(), model.end());
                walks.push_back({journal.overlay.iterate(range).value(), model, 0, levels.size()});
            } else if (!walks.empty()) {
                const usize index = below(static_cast<u32>(walks.size()));
                Walk& walk = walks[index];
                const std::optional<KeyValue> pair = walk.real->next().value();
                REQUIRE(pair.has_value() == (walk.at < walk.model.size()));
                if (pair) {
                    CHECK(text(pair->first) == walk.model[walk.at].first);
                    CHECK(text(pair->second) == walk.model[walk.at].second);
                    ++walk.at;
                } else {
                    walks.erase(walks.begin() + static_cast<std::ptrdiff_t>(index));
                }
            }
            if (levels.size() == 1 && choice == 99) {
                walks.clear();
                journal.flush();
            }
        }
        walks.clear();
        CHECK(journal.all() == Pairs(levels.back().begin(), levels.back().end()));
        while (levels.size() > 1) {
            journal.rollback();
            levels.pop_back();
            CHECK(journal.all() == Pairs(levels.back().begin(), levels.back().end()));
        }
        journal.flush();
        CHECK(all(*journal.base) == Pairs(levels[0].begin(), levels[0].end()));
    }
}

TEST_CASE("namespace: keys of one name are not seen by another") {
    Journal journal;
    const auto name_of = [&](std::string_view name) {
        return Namespace::open(journal.overlay, as_bytes(name)).value();
    };
    Namespace short_name = name_of("ab");
    Namespace long_name = name_of("abc");
    Namespace no_name = name_of("");
    REQUIRE(short_name.put(as_bytes("c"), as_bytes("short")).has_value());
    REQUIRE(long_name.put({}, as_bytes("long")).has_value());
    REQUIRE(no_name.put(as_bytes("k"), as_bytes("none")).has_value());
    CHECK(scan(short_name, nullptr, nullptr, up) == Pairs{{"c", "short"}});
    CHECK(scan(long_name, nullptr, nullptr, down) == Pairs{{"", "long"}});
    CHECK(scan(no_name, nullptr, nullptr, up) == Pairs{{"k", "none"}});
    CHECK_FALSE(long_name.get(as_bytes("c")).value());
    CHECK(text(*short_name.get(as_bytes("c")).value()) == "short");
    REQUIRE(short_name.remove(as_bytes("c")).has_value());
    CHECK(scan(short_name, nullptr, nullptr, up).empty());
    using namespace std::string_literals;
    CHECK(journal.all() == Pairs{{"\0\0k"s, "none"}, {"\0\3abc"s, "long"}});
}

TEST_CASE("namespace: bounds are within the namespace") {
    Journal journal;
    Namespace names[] = {Namespace::open(journal.overlay, as_bytes("a")).value(),
                         Namespace::open(journal.overlay, as_bytes("b\xff")).value(),
                         Namespace::open(journal.overlay, as_bytes("\xff\xff")).value()};
    for (Namespace& name : names) {
        for (const char* key : {"", "1", "2", "\xff", "\xff\xff"}) {
            REQUIRE(name.put(as_bytes(key), as_bytes(key)).has_value());
        }
    }
    const auto keys = [](const Pairs& pairs) {
        std::string joined;
        for (const auto& [key, value] : pairs)
            joined += key + ",";
        return joined;
    };
    for (Namespace& name : names) {
        CHECK(keys(scan(name, nullptr, nullptr, up)) == ",1,2,\xff,\xff\xff,");
        CHECK(keys(scan(name, nullptr, nullptr, down)) == "\xff\xff,\xff,2,1,,");
        CHECK(keys(scan(name, "1", nullptr, up)) == "1,2,\xff,\xff\xff,");
        CHECK(keys(scan(name, nullptr, "2", down)) == "1,,");
        CHECK(keys(scan(name, "1", "\xff", up)) == "1,2,");
        CHECK(keys(scan(name, "2", "1", up)).empty());
        CHECK(keys(scan(name, "", "", up)).empty());
    }
}

TEST_CASE("namespace: the longest name") {
    Journal journal;
    const std::string longest(0xffff, '\xff'); // its prefix has no successor
    Namespace name = Namespace::open(journal.overlay, as_bytes(longest)).value();
    REQUIRE(name.put(as_bytes("k"), as_bytes("v")).has_value());
    CHECK(scan(name, nullptr, nullptr, down) == Pairs{{"k", "v"}});
    CHECK(Namespace::open(journal.overlay, as_bytes(longest + "x")).error() ==
          Error{Errc::bad_argument});
}

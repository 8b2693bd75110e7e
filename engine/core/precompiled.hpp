// SPDX-License-Identifier: MIT
// What nearly every source includes, compiled once. A source still includes what it uses; this only
// saves the time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

// The JSON type's code is made in json.cpp alone.
extern template class nlohmann::basic_json<>;

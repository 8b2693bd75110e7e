// SPDX-License-Identifier: MIT
// The inputs of a run, as they are given on the command line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace CLI {
class App;
}

namespace antiphon::cli {

struct RunInputs {
  std::vector<std::string> pairs;  ///< key=value; these win
  std::string object;              ///< JSON, or @FILE
};

/// -i, --input and --inputs.
void add_input_options(CLI::App& command, RunInputs& inputs);

/// All of them as one object.
core::Result<nlohmann::json> read_inputs(const RunInputs& inputs);

/// The JSON object in a file ("-": stdin) that `option` names.
core::Result<nlohmann::json> read_json_file(const std::string& option, const std::string& file);

}  // namespace antiphon::cli

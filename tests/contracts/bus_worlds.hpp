// SPDX-License-Identifier: MIT
// The worlds that the contract suite of the port Bus runs in.
#pragma once

#include "tests/contracts/mqtt_world.hpp"
#include "tests/contracts/virtual_world.hpp"

#define BUS_WORLDS Mqtt5, Mqtt311, Virtual5, Virtual311

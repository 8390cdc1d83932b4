// SPDX-License-Identifier: Apache-2.0
#pragma once

// Catch2 2.x (Debian 12) and 3.x (Debian 13) under one name.
#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
#endif

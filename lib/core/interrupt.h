// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vd {

/// Ctrl-C (SIGINT) and a cluster's SIGTERM end the work between two items: what is finished stays, what is in
/// work is dropped with its temporary file. A second signal kills at once.
void catch_interrupts();

/// Thrown by check_interrupted; run_program turns it into exit code 128 + signal (130 or 143).
struct Interrupted {
  int signal;
};

/// Throws Interrupted when a signal has come.
void check_interrupted();

}  // namespace vd

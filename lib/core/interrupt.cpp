// SPDX-License-Identifier: Apache-2.0
#include "core/interrupt.h"

#include <csignal>

namespace vd {
namespace {

volatile std::sig_atomic_t caught_signal = 0;

extern "C" void remember_signal(int signal) {
  caught_signal = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, remember_signal);
  std::signal(SIGTERM, remember_signal);
}

void check_interrupted() {
  if (caught_signal != 0) throw Interrupted{caught_signal};
}

}  // namespace vd

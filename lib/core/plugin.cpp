// SPDX-License-Identifier: Apache-2.0
#include "core/plugin.h"

#include <dlfcn.h>

#include <cstring>

#include "core/error.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Without line breaks, and without the path that the message of the loader begins with.
std::string loader_message(const fs::path& path) {
  const char* message = dlerror();
  std::string text = message == nullptr ? "does not load" : message;
  if (text.rfind(path.string() + ": ", 0) == 0) text.erase(0, path.string().size() + 2);
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

}  // namespace

const char* plugin_version() { return VD_VERSION; }

fs::path plugin_path(const std::string& name) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  return program.parent_path().parent_path() / "lib" / "vd" / ("libvd_" + name + ".so");
}

const PluginDoor& open_plugin_door(const std::string& name) {
  const fs::path path = plugin_path(name);
  if (!fs::exists(path)) {
    throw Error(path.string(),
                "this part of vd is missing; it is installed with the programs (make install)");
  }
  void* const plugin = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) throw Error(path.string(), loader_message(path));
  void* const symbol = dlsym(plugin, ("vd_" + name + "_door").c_str());
  if (symbol == nullptr) throw Error(path.string(), "is no plugin of vd");
  const auto& door = *static_cast<const PluginDoor*>(reinterpret_cast<const void* (*)()>(symbol)());
  if (std::strcmp(door.version, plugin_version()) != 0) {
    throw Error(path.string(),
                std::string("is of vd ") + door.version + ", the program of " + plugin_version());
  }
  return door;
}

}  // namespace vd

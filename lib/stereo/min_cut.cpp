// SPDX-License-Identifier: Apache-2.0
#include "stereo/min_cut.h"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <vector>

#include "core/error.h"

namespace vd {
namespace {

constexpr int directions = 8;
constexpr std::array<int, 4> step_x{1, 0, 1,
                                    -1};  // of the four stored directions; the other four are their opposites
constexpr std::array<int, 4> step_y{0, 1, 1, 1};

enum class Tree : std::uint8_t { none, source, sink };

// Where a node hangs: on the neighbour in direction 0..7, on the terminal itself, or nowhere.
constexpr std::int8_t at_terminal = 8;
constexpr std::int8_t nowhere = 9;

/// Maximum flow on the grid, which has a margin of one node without capacity so that no step needs a test.
/// Direction d and its opposite are d and d ^ 1.
class GridFlow {
 public:
  explicit GridFlow(const GridEnergy& energy);
  void run();
  [[nodiscard]] bool on_source_side(int x, int y) const { return nodes_[index(x, y)].tree == Tree::source; }

 private:
  struct Node {
    std::array<std::int32_t, directions> capacity{};  // left from this node to its neighbours
    std::int64_t terminal = 0;                        // left from the source (> 0) or to the sink (< 0)
    int distance = 0;                                 // steps to the terminal, valid at time checked
    int checked = 0;
    Tree tree = Tree::none;
    std::int8_t parent = nowhere;
    bool active = false;
  };

  [[nodiscard]] int index(int x, int y) const { return (y + 1) * stride_ + x + 1; }
  [[nodiscard]] int neighbour(int node, int direction) const { return node + offset_[direction]; }
  /// Capacity left along the flow between a node and its neighbour, seen from the tree of the node: away from
  /// the source, or towards the sink.
  [[nodiscard]] std::int32_t outward(int node, int d) const {
    return nodes_[node].tree == Tree::source ? nodes_[node].capacity[d]
                                             : nodes_[neighbour(node, d)].capacity[d ^ 1];
  }
  [[nodiscard]] std::int32_t inward(Tree tree, int node, int d) const {
    return tree == Tree::source ? nodes_[neighbour(node, d)].capacity[d ^ 1] : nodes_[node].capacity[d];
  }
  void activate(int node);
  int grow(int node, int& direction);
  void augment(int source_node, int direction);
  [[nodiscard]] std::int64_t bottleneck(int node) const;
  void push(int node, std::int64_t amount);
  void adopt();
  int distance_to_terminal(int node);
  void find_parent(int orphan);

  int stride_;
  std::array<int, directions> offset_{};
  std::vector<Node> nodes_;
  std::deque<int> active_;
  std::deque<int> orphans_;
  int time_ = 0;
};

GridFlow::GridFlow(const GridEnergy& energy)
    : stride_(energy.unary.width() + 2),
      nodes_(static_cast<std::size_t>(stride_) * (energy.unary.height() + 2)) {
  for (int k = 0; k < 4; ++k) {
    offset_[2 * k] = step_y[k] * stride_ + step_x[k];
    offset_[2 * k + 1] = -offset_[2 * k];
  }
  for (int y = 0; y < energy.unary.height(); ++y)
    for (int x = 0; x < energy.unary.width(); ++x) {
      Node& node = nodes_[index(x, y)];
      node.terminal = -static_cast<std::int64_t>(energy.unary(x, y));  // label 1 is the source's side
      for (int k = 0; k < 4; ++k) {
        if (!energy.unary.contains(x + step_x[k], y + step_y[k])) continue;
        const auto weight = energy.smoothness(x, y, k);
        if (weight < 0) throw Error("min cut", "negative smoothness");
        node.capacity[2 * k] = weight;
        nodes_[neighbour(index(x, y), 2 * k)].capacity[2 * k + 1] = weight;
      }
      if (node.terminal == 0) continue;
      node.tree = node.terminal > 0 ? Tree::source : Tree::sink;
      node.parent = at_terminal;
      node.distance = 1;
      activate(index(x, y));
    }
}

void GridFlow::activate(int node) {
  if (nodes_[node].active) return;
  nodes_[node].active = true;
  active_.push_back(node);
}

/// Extends the tree of an active node over its free neighbours. Returns the source's end of the first edge
/// that touches the other tree, with its direction, or -1 when there is none.
int GridFlow::grow(int node, int& direction) {
  const Tree tree = nodes_[node].tree;
  for (int d = 0; d < directions; ++d) {
    if (outward(node, d) == 0) continue;
    const int next = neighbour(node, d);
    Node& other = nodes_[next];
    if (other.tree == Tree::none) {
      other.tree = tree;
      other.parent = static_cast<std::int8_t>(d ^ 1);
      other.distance = nodes_[node].distance + 1;
      other.checked = nodes_[node].checked;
      activate(next);
    } else if (other.tree != tree) {
      direction = tree == Tree::source ? d : d ^ 1;
      return tree == Tree::source ? node : next;
    }
  }
  return -1;
}

/// Least capacity left between a node and the terminal of its tree.
std::int64_t GridFlow::bottleneck(int node) const {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  while (nodes_[node].parent != at_terminal) {
    const int d = nodes_[node].parent;
    least = std::min<std::int64_t>(least, inward(nodes_[node].tree, node, d));
    node = neighbour(node, d);
  }
  return std::min(least, std::abs(nodes_[node].terminal));
}

/// Sends flow between a node and its terminal; nodes whose way up is used up become orphans.
void GridFlow::push(int node, std::int64_t amount) {
  const bool source = nodes_[node].tree == Tree::source;
  const auto orphan = [&](int n) {
    nodes_[n].parent = nowhere;
    orphans_.push_front(n);
  };
  while (nodes_[node].parent != at_terminal) {
    const int d = nodes_[node].parent;
    const int up = neighbour(node, d);
    auto& with = source ? nodes_[up].capacity[d ^ 1] : nodes_[node].capacity[d];
    auto& against = source ? nodes_[node].capacity[d] : nodes_[up].capacity[d ^ 1];
    with -= static_cast<std::int32_t>(amount);
    against += static_cast<std::int32_t>(amount);
    if (with == 0) orphan(node);
    node = up;
  }
  nodes_[node].terminal -= source ? amount : -amount;
  if (nodes_[node].terminal == 0) orphan(node);
}

void GridFlow::augment(int source_node, int direction) {
  const int sink_node = neighbour(source_node, direction);
  auto& bridge = nodes_[source_node].capacity[direction];
  const std::int64_t amount =
      std::min({static_cast<std::int64_t>(bridge), bottleneck(source_node), bottleneck(sink_node)});
  bridge -= static_cast<std::int32_t>(amount);
  nodes_[sink_node].capacity[direction ^ 1] += static_cast<std::int32_t>(amount);
  push(source_node, amount);
  push(sink_node, amount);
}

/// Steps up to the terminal, or -1 when the way ends at an orphan. Marks the way with the time, so that later
/// walks of the same round stop early.
int GridFlow::distance_to_terminal(int node) {
  int steps = 0;
  int n = node;
  while (nodes_[n].checked != time_) {
    if (nodes_[n].parent == nowhere) return -1;
    if (nodes_[n].parent == at_terminal) {
      nodes_[n].checked = time_;
      nodes_[n].distance = 1;
      break;
    }
    n = neighbour(n, nodes_[n].parent);
    ++steps;
  }
  const int total = steps + nodes_[n].distance;
  for (int d = total; nodes_[node].checked != time_; node = neighbour(node, nodes_[node].parent), --d) {
    nodes_[node].checked = time_;
    nodes_[node].distance = d;
  }
  return total;
}

/// Hangs an orphan on the neighbour of its tree that is nearest to the terminal, or sets it free and orphans
/// its children.
void GridFlow::find_parent(int orphan) {
  const Tree tree = nodes_[orphan].tree;
  int best = -1;
  int least = std::numeric_limits<int>::max();
  for (int d = 0; d < directions; ++d) {
    const int next = neighbour(orphan, d);
    if (nodes_[next].tree != tree || inward(tree, orphan, d) == 0) continue;
    const int distance = distance_to_terminal(next);
    if (distance >= 0 && distance < least) {
      least = distance;
      best = d;
    }
  }
  if (best >= 0) {
    nodes_[orphan].parent = static_cast<std::int8_t>(best);
    nodes_[orphan].distance = least + 1;
    nodes_[orphan].checked = time_;
    return;
  }
  for (int d = 0; d < directions; ++d) {
    const int next = neighbour(orphan, d);
    if (nodes_[next].tree != tree) continue;
    if (inward(tree, orphan, d) > 0) activate(next);
    if (nodes_[next].parent == (d ^ 1)) {
      nodes_[next].parent = nowhere;
      orphans_.push_back(next);
    }
  }
  nodes_[orphan].tree = Tree::none;
}

void GridFlow::adopt() {
  ++time_;
  while (!orphans_.empty()) {
    const int orphan = orphans_.front();
    orphans_.pop_front();
    find_parent(orphan);
  }
}

void GridFlow::run() {
  while (!active_.empty()) {
    const int node = active_.front();
    int direction = 0;
    // A node stays at the front as long as its edges still find ways; augmentation may have freed it
    // meanwhile.
    const int meeting = nodes_[node].tree == Tree::none ? -1 : grow(node, direction);
    if (meeting < 0) {
      nodes_[node].active = false;
      active_.pop_front();
      continue;
    }
    augment(meeting, direction);
    adopt();
  }
}

}  // namespace

MaskMap minimise(const GridEnergy& energy) {
  if (!energy.unary.same_size(energy.smoothness)) throw Error("min cut", "maps differ in size");
  GridFlow flow(energy);
  flow.run();
  MaskMap labels(energy.unary.width(), energy.unary.height());
  for (int y = 0; y < labels.height(); ++y)
    for (int x = 0; x < labels.width(); ++x) labels(x, y) = flow.on_source_side(x, y) ? 255 : 0;
  return labels;
}

std::int64_t energy_of(const GridEnergy& energy, const MaskMap& labels) {
  std::int64_t sum = 0;
  for (int y = 0; y < labels.height(); ++y)
    for (int x = 0; x < labels.width(); ++x) {
      if (labels(x, y)) sum += energy.unary(x, y);
      for (int k = 0; k < 4; ++k) {
        const int nx = x + step_x[k];
        const int ny = y + step_y[k];
        if (labels.contains(nx, ny) && (labels(x, y) != 0) != (labels(nx, ny) != 0))
          sum += energy.smoothness(x, y, k);
      }
    }
  return sum;
}

}  // namespace vd

// SPDX-License-Identifier: Apache-2.0
#include "align/normal_equations.h"

#include <algorithm>

#include "core/parallel.h"

namespace vd {
namespace {

constexpr Eigen::Index rows_at_a_time = 256;

/// Sums of products of world points, from which the direct blocks are made: they are polynomials of second
/// degree.
struct SideMoments {
  Eigen::Matrix<double, 7, 4> cross = Eigen::Matrix<double, 7, 4>::Zero();  // sum a [X; j_f; 1] [y; 1]^T
  Eigen::Matrix4d own = Eigen::Matrix4d::Zero();                            // sum a [y; 1] [y; 1]^T
};

Mat3 squared_norm_minus_outer(const Mat3& second_moment) {
  return second_moment.trace() * Mat3::Identity() - second_moment;
}

/// sum alpha J_n^T J_n from sum alpha [X; j_f; 1]^2.
Mat7 image_block(const Mat7& moment) {
  const Mat3 xx = moment.block<3, 3>(0, 0);
  const Mat3 xj = moment.block<3, 3>(0, 3);
  const Vec3 x = moment.block<3, 1>(0, 6);
  const Vec3 j = moment.block<3, 1>(3, 6);
  Mat7 h = Mat7::Zero();
  h.block<3, 3>(0, 0) = squared_norm_minus_outer(xx);
  h.block<3, 3>(0, 3) = skew(x);
  h.block<3, 3>(3, 0) = skew(x).transpose();
  h.block<3, 3>(3, 3) = moment(6, 6) * Mat3::Identity();
  // X x j_f, from the products of their components.
  h.block<3, 1>(0, 6) = Vec3(xj(1, 2) - xj(2, 1), xj(2, 0) - xj(0, 2), xj(0, 1) - xj(1, 0));
  h.block<3, 1>(3, 6) = j;
  h.block<1, 3>(6, 0) = h.block<3, 1>(0, 6).transpose();
  h.block<1, 3>(6, 3) = j.transpose();
  h(6, 6) = moment.block<3, 3>(3, 3).trace();
  return h;
}

/// sum a J_e^T J_e from sum a [y; 1]^2.
Mat7 edge_block(const Eigen::Matrix4d& moment) {
  const Vec3 y = moment.block<3, 1>(0, 3);
  Mat7 h = Mat7::Zero();
  h.block<3, 3>(0, 0) = squared_norm_minus_outer(moment.block<3, 3>(0, 0));
  h.block<3, 3>(0, 3) = skew(y);
  h.block<3, 3>(3, 0) = skew(y).transpose();
  h.block<3, 3>(3, 3) = moment(3, 3) * Mat3::Identity();
  h.block<3, 1>(3, 6) = y;
  h.block<1, 3>(6, 3) = y.transpose();
  h(6, 6) = moment.block<3, 3>(0, 0).trace();
  return h;
}

/// sum a J_e^T J_n (rows of the edge) from sum a [X; j_f; 1] [y; 1]^T.
Mat7 cross_block(const Eigen::Matrix<double, 7, 4>& moment) {
  const Mat3 xy = moment.block<3, 3>(0, 0);  // X y^T
  const Mat3 jy = moment.block<3, 3>(3, 0);
  const Vec3 x = moment.block<3, 1>(0, 3);
  const Vec3 j = moment.block<3, 1>(3, 3);
  const Vec3 y = moment.block<1, 3>(6, 0).transpose();
  Mat7 h = Mat7::Zero();
  h.block<3, 3>(0, 0) = xy.trace() * Mat3::Identity() - xy;  // (X.y) I - X y^T
  h.block<3, 3>(0, 3) = skew(y);
  h.block<3, 1>(0, 6) = Vec3(jy(2, 1) - jy(1, 2), jy(0, 2) - jy(2, 0), jy(1, 0) - jy(0, 1));  // y x j_f
  h.block<3, 3>(3, 0) = skew(x).transpose();
  h.block<3, 3>(3, 3) = moment(6, 3) * Mat3::Identity();
  h.block<3, 1>(3, 6) = j;
  // X x y, row of sigma.
  h.block<1, 3>(6, 0) = Vec3(xy(1, 2) - xy(2, 1), xy(2, 0) - xy(0, 2), xy(0, 1) - xy(1, 0)).transpose();
  h.block<1, 3>(6, 3) = y.transpose();
  h(6, 6) = jy.trace();
  return h;
}

/// What one run of pixels adds, over the blocks of its image: the image first, then its sides in order.
struct RunSums {
  Eigen::MatrixXd lower;
  Eigen::VectorXd gradient;
};

/// Walks over the pixels of a run.
class RunAccumulator {
 public:
  RunAccumulator(const ImageObservations& image, int index, const Alignment& scene, const NormOptions& norm)
      : image_(image),
        norm_(norm),
        rays_(scene, index),
        motions_(scene, image),
        sides_(image.sides.size()),
        unknowns_(static_cast<Eigen::Index>(7 * (image.sides.size() + 1))),
        rank_one_(rows_at_a_time, unknowns_),
        square_(Eigen::MatrixXf::Zero(unknowns_, unknowns_)),
        placed_(image.sides.size()),
        weights_(image.sides.size()),
        moments_(image.sides.size()) {
    sums_.lower = Eigen::MatrixXd::Zero(unknowns_, unknowns_);
    sums_.gradient = Eigen::VectorXd::Zero(unknowns_);
  }

  void add_pixel(std::size_t p, double depth) {
    const auto columns = static_cast<std::size_t>(image_.columns);
    const Vec3 q = rays_.direction(image_.column_px(static_cast<int>(p % columns)),
                                   image_.row_px(static_cast<int>(p / columns)));
    const Vec3 x = depth * q + rays_.centre();
    const Vec3 focal_direction = -depth * (q - rays_.axis());
    double alpha = 0;
    Vec3 rho = Vec3::Zero();
    for (std::size_t k = 0; k < sides_; ++k) {
      const double w = image_.sides[k].weights[p];
      weights_[k] = 0;
      if (!(w > 0)) continue;
      placed_[k] = motions_.place(k, &image_.sides[k].points[3 * p]);
      const Vec3 r = x - placed_[k];
      weights_[k] = norm_.square_weight(w, r.norm());
      alpha += weights_[k];
      rho += weights_[k] * r;
    }
    if (!(alpha > 0) || !(depth > 0)) return;
    add_direct_terms(x, focal_direction, alpha, rho);
    add_rank_one_row(x, q, focal_direction, alpha, rho);
  }

  RunSums finish() {
    flush();
    Eigen::MatrixXd& h = sums_.lower;
    h.topLeftCorner<7, 7>() += image_block(image_moment_);
    for (std::size_t k = 0; k < sides_; ++k) {
      const auto at = static_cast<Eigen::Index>(7 * (k + 1));
      h.block<7, 7>(at, at) += edge_block(moments_[k].own);
      h.block<7, 7>(at, 0) -= cross_block(moments_[k].cross);
    }
    return std::move(sums_);
  }

 private:
  void add_direct_terms(const Vec3& x, const Vec3& focal_direction, double alpha, const Vec3& rho) {
    Vec7 u;
    u << x, focal_direction, 1.0;
    image_moment_.noalias() += alpha * u * u.transpose();
    sums_.gradient.head<3>() += x.cross(rho);
    sums_.gradient.segment<3>(3) += rho;
    sums_.gradient[6] += focal_direction.dot(rho);
    for (std::size_t k = 0; k < sides_; ++k) {
      const double a = weights_[k];
      if (a == 0) continue;
      const Vec3& y = placed_[k];
      const Vec4 v(y.x(), y.y(), y.z(), 1.0);
      const Vec4 weighted = a * v;
      moments_[k].cross.noalias() += u * weighted.transpose();
      moments_[k].own.noalias() += v * weighted.transpose();
      const Vec3 weighted_residual = a * (x - y);
      auto gradient = sums_.gradient.segment<7>(static_cast<Eigen::Index>(7 * (k + 1)));
      gradient.head<3>() -= y.cross(weighted_residual);
      gradient.segment<3>(3) -= weighted_residual;
      gradient[6] -= y.dot(weighted_residual);
    }
  }

  void add_rank_one_row(const Vec3& x, const Vec3& q, const Vec3& focal_direction, double alpha,
                        const Vec3& rho) {
    const double h = alpha * q.squaredNorm();
    const double inverse_root = 1.0 / std::sqrt(h);
    const double depth_residual = q.dot(rho) * inverse_root;
    row_.setZero(unknowns_);
    row_.head<3>() = alpha * inverse_root * x.cross(q);
    row_.segment<3>(3) = alpha * inverse_root * q;
    row_[6] = alpha * inverse_root * focal_direction.dot(q);
    for (std::size_t k = 0; k < sides_; ++k) {
      if (weights_[k] == 0) continue;
      const double factor = -weights_[k] * inverse_root;
      auto part = row_.segment<7>(static_cast<Eigen::Index>(7 * (k + 1)));
      part.head<3>() = factor * placed_[k].cross(q);
      part.segment<3>(3) = factor * q;
      part[6] = factor * placed_[k].dot(q);
    }
    sums_.gradient -= depth_residual * row_;
    rank_one_.row(filled_) = row_.cast<float>().transpose();
    if (++filled_ == rows_at_a_time) flush();
  }

  /// Float32 products of a few rows, added up in float64.
  void flush() {
    if (filled_ == 0) return;
    square_.setZero();
    square_.selfadjointView<Eigen::Lower>().rankUpdate(rank_one_.topRows(filled_).transpose());
    sums_.lower -= square_.cast<double>();
    filled_ = 0;
  }

  const ImageObservations& image_;
  NormOptions norm_;
  CameraRays rays_;
  SideMotions motions_;
  std::size_t sides_;
  Eigen::Index unknowns_;
  Eigen::MatrixXf rank_one_;
  Eigen::MatrixXf square_;
  Eigen::VectorXd row_;
  Eigen::Index filled_ = 0;
  std::vector<Vec3> placed_;
  std::vector<double> weights_;
  std::vector<SideMoments> moments_;
  Mat7 image_moment_ = Mat7::Zero();
  RunSums sums_;
};

std::uint64_t key_of(std::size_t row, std::size_t column) {
  return (static_cast<std::uint64_t>(row) << 32) | static_cast<std::uint64_t>(column);
}

}  // namespace

BlockSystem::BlockSystem(std::size_t images, const std::vector<std::pair<int, int>>& edges)
    : images_(images), gradient_(images + edges.size(), Vec7::Zero()) {
  std::vector<std::vector<std::size_t>> together(images);
  for (std::size_t n = 0; n < images; ++n) together[n].push_back(n);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    together[edges[e].first].push_back(images + e);
    together[edges[e].second].push_back(images + e);
  }
  for (const auto& blocks : together) {
    for (const std::size_t row : blocks) {
      for (const std::size_t column : blocks) {
        if (column > row || !index_.emplace(key_of(row, column), places_.size()).second) continue;
        places_.emplace_back(row, column);
      }
    }
  }
  values_.assign(places_.size(), Mat7::Zero());
}

Mat7& BlockSystem::block(std::size_t row, std::size_t column) {
  return values_[index_.at(key_of(row, column))];
}

void BlockSystem::set_zero() {
  std::fill(values_.begin(), values_.end(), Mat7::Zero());
  std::fill(gradient_.begin(), gradient_.end(), Vec7::Zero());
}

void BlockSystem::add(const std::vector<std::size_t>& blocks, const Eigen::MatrixXd& lower,
                      const Eigen::VectorXd& gradient) {
  for (std::size_t a = 0; a < blocks.size(); ++a) {
    gradient_[blocks[a]] += gradient.segment<7>(static_cast<Eigen::Index>(7 * a));
    for (std::size_t b = 0; b <= a; ++b) {
      Mat7 part = lower.block<7, 7>(static_cast<Eigen::Index>(7 * a), static_cast<Eigen::Index>(7 * b));
      if (a == b) part = Mat7(part.selfadjointView<Eigen::Lower>());
      if (blocks[a] >= blocks[b]) {
        block(blocks[a], blocks[b]) += part;
      } else {
        block(blocks[b], blocks[a]) += part.transpose();
      }
    }
  }
}

void build_normal_equations(const std::vector<ImageObservations>& images, const Alignment& scene,
                            const GridDepths& depths, const NormOptions& norm, BlockSystem& system) {
  const std::vector<PixelRun> runs = pixel_runs(images, 4096);
  std::vector<RunSums> sums(runs.size());
  parallel_for(runs.size(), [&](std::size_t r) {
    const PixelRun& run = runs[r];
    RunAccumulator accumulator(images[run.image], static_cast<int>(run.image), scene, norm);
    for (std::size_t p = run.begin; p < run.end; ++p) accumulator.add_pixel(p, depths[run.image][p]);
    sums[r] = accumulator.finish();
  });
  system.set_zero();
  for (std::size_t r = 0; r < runs.size(); ++r) {
    std::vector<std::size_t> blocks{runs[r].image};
    for (const SideObservations& side : images[runs[r].image].sides)
      blocks.push_back(images.size() + side.edge);
    system.add(blocks, sums[r].lower, sums[r].gradient);
  }
}

}  // namespace vd

import Foundation

/// A logistic model whose coefficients are not negative: P = 1 ÷ (1 + exp(−(intercept + Σ coefficient · column))).
///
/// It makes least (1/n) Σ −log P(what happened) + (penalty ÷ 2) Σ coefficient², the intercept free. The objective is strictly convex, so
/// there is one answer; Newton steps on its quadratic model, each solved by coordinate descent under the bounds, find it.
package struct LogisticFit: Sendable {
  package let intercept: Double
  package let coefficients: [Double]

  /// `columns` are as long as `happened`; `penalty` must be above 0.
  package init(columns: [[Double]], happened: [Bool], penalty: Double) {
    var beta = [Double](repeating: 0, count: columns.count + 1)  // the intercept is the last
    let rate = Double(happened.count { $0 }) / Double(max(happened.count, 1))
    beta[columns.count] = log(max(rate, 1e-9) / max(1 - rate, 1e-9))
    var model = QuadraticModel(columns: columns, happened: happened, penalty: penalty)
    for _ in 0..<100 {
      let objective = model.update(beta)
      let step = model.step(from: beta)
      guard step.contains(where: { abs($0) > 1e-9 }) else { break }
      var (length, next) = (1.0, beta)
      repeat {
        next = zip(beta, step).map { $0 + length * $1 }
        length /= 2
        // Less than rounding is no rise.
      } while length > 1e-6 && model.objective(next) > objective * (1 + 1e-12)
      beta = next
    }
    intercept = beta[columns.count]
    coefficients = Array(beta.dropLast())
  }
}

/// The objective near a point: its gradient and curvature.
private struct QuadraticModel {
  private let columns: [[Double]]
  private let happened: [Bool]
  private let penalty: Double
  private let count: Double
  private let width: Int
  private var gradient: [Double]
  private var curvature: [[Double]]

  init(columns: [[Double]], happened: [Bool], penalty: Double) {
    (self.columns, self.happened, self.penalty) = (columns, happened, penalty)
    (count, width) = (Double(max(happened.count, 1)), columns.count + 1)
    gradient = [Double](repeating: 0, count: width)
    curvature = [[Double]](repeating: gradient, count: width)
  }

  private func sums(_ beta: [Double]) -> [Double] {
    var sums = [Double](repeating: beta[width - 1], count: happened.count)
    for (column, coefficient) in zip(columns, beta) where coefficient != 0 {
      for row in sums.indices { sums[row] += coefficient * column[row] }
    }
    return sums
  }

  func objective(_ beta: [Double]) -> Double {
    var loss = 0.0
    for (sum, happened) in zip(sums(beta), happened) {
      // log(1 + exp(s)), with what cannot overflow.
      let signed = happened ? -sum : sum
      loss += max(signed, 0) + log1p(exp(-abs(signed)))
    }
    return loss / count + penalty / 2 * beta.dropLast().reduce(0) { $0 + $1 * $1 }
  }

  /// Moves to a point; the objective there.
  mutating func update(_ beta: [Double]) -> Double {
    let sums = sums(beta)
    var (residuals, weights) = ([Double](repeating: 0, count: sums.count), [Double](repeating: 0, count: sums.count))
    for row in sums.indices {
      let probability = 1 / (1 + exp(-sums[row]))
      residuals[row] = probability - (happened[row] ? 1 : 0)
      weights[row] = max(probability * (1 - probability), 1e-12)
    }
    for a in 0..<width {
      var slope = 0.0
      var weighted = weights
      if a < width - 1 {
        let column = columns[a]
        for row in column.indices {
          slope += residuals[row] * column[row]
          weighted[row] *= column[row]
        }
      } else {
        slope = residuals.reduce(0, +)
      }
      gradient[a] = slope / count + (a < width - 1 ? penalty * beta[a] : 0)
      for b in a..<width {
        var sum = 0.0
        if b < width - 1 {
          let column = columns[b]
          for row in column.indices { sum += weighted[row] * column[row] }
        } else {
          sum = weighted.reduce(0, +)
        }
        curvature[a][b] = sum / count + (a == b && a < width - 1 ? penalty : 0)
        curvature[b][a] = curvature[a][b]
      }
    }
    return objective(beta)
  }

  /// The step that makes the quadratic model least where no coefficient becomes negative.
  func step(from beta: [Double]) -> [Double] {
    var step = [Double](repeating: 0, count: width)
    var slopes = gradient  // of the model at the step
    for _ in 0..<10_000 {
      var largest = 0.0
      for a in 0..<width {
        var change = -slopes[a] / curvature[a][a]
        if a < width - 1 { change = max(change, -beta[a] - step[a]) }
        guard change != 0 else { continue }
        step[a] += change
        for b in 0..<width { slopes[b] += change * curvature[a][b] }
        largest = max(largest, abs(change))
      }
      if largest < 1e-14 { break }
    }
    return step
  }
}

extension LogisticFit {
  /// What a change of the sum of coefficient × column does to the odds.
  package static func factor(_ change: Double) -> Double { exp(change) }
}

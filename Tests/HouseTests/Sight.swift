import Cells
import Foundation

/// How colours look to eyes of one kind.
enum Sight: CaseIterable, Sendable {
  case full
  /// Without red, green or blue cones.
  case protanopia
  case deuteranopia
  case tritanopia

  /// How far two colours lie apart (CIE 1976, in Lab); nil where one is the terminal's own.
  ///
  /// About 2 can just be told apart side by side; 20 are two colours to anybody.
  func distance(_ one: Color, _ other: Color) -> Double? {
    guard let one = one.components, let other = other.components else { return nil }
    let (a, b) = (lab(one), lab(other))
    return ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1) + (a.2 - b.2) * (a.2 - b.2))
      .squareRoot()
  }

  /// Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
  private var matrix: [[Double]] {
    switch self {
    case .full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritanopia:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }

  private func lab(_ color: (red: UInt8, green: UInt8, blue: UInt8)) -> (Double, Double, Double) {
    let light = [color.red, color.green, color.blue].map { value in
      let part = Double(value) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    let seen = matrix.map { row in
      min(1, max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2]))
    }
    func curve(_ value: Double) -> Double {
      value > 216.0 / 24389 ? cbrt(value) : (24389.0 / 27 * value + 16) / 116
    }
    let x = curve((0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047)
    let y = curve(0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2])
    let z = curve((0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))
  }
}

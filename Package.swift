// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "vitals",
  products: [
    .library(name: "Health", targets: ["Health"]),
  ],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "Health", dependencies: [.product(name: "Yams", package: "Yams")]),
    .testTarget(name: "HealthTests", dependencies: ["Health"]),
  ],
  swiftLanguageModes: [.v6]
)

;; Unreachable code costs nothing and no charge is made for it (Winch: "Invalid fuel state" behind a return).
(module
  (func (export "behind_return") (result i32)
    i32.const 1
    return
    i32.const 2
    drop
    block
      br 0
    end)
  (func (export "behind_branch") (result i32)
    block (result i32)
      i32.const 1
      br 0
      loop
        br 0
      end
      i32.const 3
    end))
;; expect lockstep-1: behind_return() => [i32:1], gas 12
;; expect lockstep-1: behind_branch() => [i32:1], gas 14
;; expect cosmwasm-3.0.8: behind_return() => [i32:1], gas 1725
;; expect cosmwasm-3.0.8: behind_branch() => [i32:1], gas 3450

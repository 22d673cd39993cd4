;; decisions 1: a loop's header pays in each round under lockstep-1, behind its label; under cosmwasm 1610 once ahead of
;; the label, 2070 ahead of each br_if, 1610 on falling through.
(module
  (func (export "run") (param i32)
    loop
      local.get 0
      i32.const 1
      i32.sub
      local.tee 0
      br_if 0
    end))
;; == lockstep-1
;; function 0: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 9 checked
;;   1: charge 8 checked
;;   2: i32.sub s0, s0, 1
;;   3: br_if i32.ne s0, 0 -> 1
;;   5: charge 2
;;   6: return
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 1610 checked
;;   1: i32.sub s0, s0, 1
;;   2: charge 2070 checked
;;   3: br_if i32.ne s0, 0 -> 1
;;   5: charge 1610
;;   6: charge 1610
;;   7: return
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;; 0: charge 9 checked                          | 0018  sub r13, 9  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: charge 8 checked                          | 0023  sub r13, 8  ; gas
;;                                              | 0027  js 003e
;; 2: i32.sub s0, s0, 1                         | 002d  sub ebx, 1
;; 3: br_if i32.ne s0, 0 -> 1                   | 0030  test ebx, ebx
;;                                              | 0032  jne 0023
;; 5: charge 2                                  | 0034  sub r13, 2  ; gas
;; 6: return                                    | 0038  add dword ptr [r15 + 8], 7
;;                                              | 003d  ret
;; (of 1)                                       | 003e  call refill
;;                                              | 0043  jmp 002d
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;; 0: charge 9 checked                          | 0018  sub r13, 9  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: charge 8 checked                          | 0023  sub r13, 8  ; gas
;;                                              | 0027  js 0040
;; 2: i32.sub s0, s0, 1                         | 002d  sub r12d, 1
;; 3: br_if i32.ne s0, 0 -> 1                   | 0031  test r12d, r12d
;;                                              | 0034  jne 0023
;; 5: charge 2                                  | 0036  sub r13, 2  ; gas
;; 6: return                                    | 003a  add dword ptr [r15 + 8], 7
;;                                              | 003f  ret
;; (of 1)                                       | 0040  call refill
;;                                              | 0045  jmp 002d
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;;                                              | 0020  mov x15, x0
;; 0: charge 9 checked                          | 0024  subs x21, x21, #9  ; gas
;;                                              | 0028  b.pl 0030
;;                                              | 002c  bl refill
;; 1: charge 8 checked                          | 0030  subs x21, x21, #8  ; gas
;;                                              | 0034  b.mi 005c
;; 2: i32.sub s0, s0, 1                         | 0038  sub w15, w15, #1
;; 3: br_if i32.ne s0, 0 -> 1                   | 003c  cmp w15, #0
;;                                              | 0040  b.ne 0030
;; 5: charge 2                                  | 0044  subs x21, x21, #2  ; gas
;; 6: return                                    | 0048  ldr w17, [x19, #8]
;;                                              | 004c  add w17, w17, #7
;;                                              | 0050  str w17, [x19, #8]
;;                                              | 0054  ldr x30, [x23], #8
;;                                              | 0058  ret
;; (of 1)                                       | 005c  bl refill
;;                                              | 0060  b 0038

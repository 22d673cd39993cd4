;; Constants as right operands, comparisons fused with branches, eqz folded into both kinds of branches.
(module
  (func (export "run") (param i32 i64) (result i32)
    block
      local.get 0
      i32.const 100
      i32.lt_u
      br_if 0
      local.get 1
      i64.const -5
      i64.gt_s
      i32.eqz
      br_if 0
      local.get 0
      i32.eqz
      if
        local.get 0
        i32.const 70000
        i32.add
        local.set 0
      end
      local.get 1
      i64.const 0x123456789abcdef
      i64.xor
      local.get 1
      i64.ne
      br_if 0
      i32.const 1
      return
    end
    local.get 0
    i32.const -1
    i32.mul))
;; == lockstep-1
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: charge 16 checked
;;   1: br_if i32.lt_u s0, 100 -> 21
;;   3: charge 9
;;   4: i64.gt_s s2, s1, -5
;;   5: br_if i32.eq s2, 0 -> 21
;;   7: charge 6
;;   8: br_if i32.ne s0, 0 -> 13
;;   10: charge 6
;;   11: i32.add s0, s0, 70000
;;   13: charge 10
;;   14: i64.xor s2, s1, 81985529216486895
;;   16: br_if i64.ne s2, s1 -> 21
;;   18: charge 4
;;   19: const_u32 s2, 1
;;   20: return s2
;;   21: charge 5
;;   22: i32.mul s2, s0, -1
;;   23: return s2
;; == cosmwasm-3.0.8
;; function 0: params 2, locals 0, results 1, window 4, cost 8
;;   0: charge 2070 checked
;;   1: br_if i32.lt_u s0, 100 -> 21
;;   3: i64.gt_s s2, s1, -5
;;   4: charge 2070
;;   5: br_if i32.eq s2, 0 -> 21
;;   7: charge 1840
;;   8: br_if i32.ne s0, 0 -> 13
;;   10: i32.add s0, s0, 70000
;;   12: charge 2070
;;   13: i64.xor s2, s1, 81985529216486895
;;   15: charge 2185
;;   16: br_if i64.ne s2, s1 -> 21
;;   18: charge 1725
;;   19: const_u32 s2, 1
;;   20: return s2
;;   21: i32.mul s2, s0, -1
;;   22: charge 1955
;;   23: return s2
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;;                                              | 0018  mov r12, rdx
;; 0: charge 16 checked                         | 001b  sub r13, 0x10  ; gas
;;                                              | 001f  jns 0026
;;                                              | 0021  call refill
;; 1: br_if i32.lt_u s0, 100 -> 21              | 0026  cmp ebx, 0x64
;;                                              | 0029  jb 0087
;; 3: charge 9                                  | 002f  sub r13, 9  ; gas
;; 4: i64.gt_s s2, s1, -5                       | 0033  cmp r12, -5
;;                                              | 0037  setg al
;;                                              | 003a  movzx eax, al
;; 5: br_if i32.eq s2, 0 -> 21                  | 003d  test eax, eax
;;                                              | 003f  je 0087
;; 7: charge 6                                  | 0045  sub r13, 6  ; gas
;; 8: br_if i32.ne s0, 0 -> 13                  | 0049  test ebx, ebx
;;                                              | 004b  jne 005b
;; 10: charge 6                                 | 0051  sub r13, 6  ; gas
;; 11: i32.add s0, s0, 70000                    | 0055  add ebx, 0x11170
;; 13: charge 10                                | 005b  sub r13, 0xa  ; gas
;; 14: i64.xor s2, s1, 81985529216486895        | 005f  movabs rax, 0x123456789abcdef
;;                                              | 0069  mov rdx, r12
;;                                              | 006c  xor rdx, rax
;; 16: br_if i64.ne s2, s1 -> 21                | 006f  cmp rdx, r12
;;                                              | 0072  jne 0087
;; 18: charge 4                                 | 0078  sub r13, 4  ; gas
;; 19: const_u32 s2, 1                          | 007c  mov eax, 1
;; 20: return s2                                | 0081  add dword ptr [r15 + 8], 8
;;                                              | 0086  ret
;; 21: charge 5                                 | 0087  sub r13, 5  ; gas
;; 22: i32.mul s2, s0, -1                       | 008b  imul eax, ebx, -1
;; 23: return s2                                | 008e  add dword ptr [r15 + 8], 8
;;                                              | 0093  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 8
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;;                                              | 0018  mov r11, rdx
;; 0: charge 16 checked                         | 001b  sub r13, 0x10  ; gas
;;                                              | 001f  jns 0026
;;                                              | 0021  call refill
;; 1: br_if i32.lt_u s0, 100 -> 21              | 0026  cmp r12d, 0x64
;;                                              | 002a  jb 008a
;; 3: charge 9                                  | 0030  sub r13, 9  ; gas
;; 4: i64.gt_s s2, s1, -5                       | 0034  cmp r11, -5
;;                                              | 0038  setg al
;;                                              | 003b  movzx eax, al
;; 5: br_if i32.eq s2, 0 -> 21                  | 003e  test eax, eax
;;                                              | 0040  je 008a
;; 7: charge 6                                  | 0046  sub r13, 6  ; gas
;; 8: br_if i32.ne s0, 0 -> 13                  | 004a  test r12d, r12d
;;                                              | 004d  jne 005e
;; 10: charge 6                                 | 0053  sub r13, 6  ; gas
;; 11: i32.add s0, s0, 70000                    | 0057  add r12d, 0x11170
;; 13: charge 10                                | 005e  sub r13, 0xa  ; gas
;; 14: i64.xor s2, s1, 81985529216486895        | 0062  movabs rax, 0x123456789abcdef
;;                                              | 006c  mov rdx, r11
;;                                              | 006f  xor rdx, rax
;; 16: br_if i64.ne s2, s1 -> 21                | 0072  cmp rdx, r11
;;                                              | 0075  jne 008a
;; 18: charge 4                                 | 007b  sub r13, 4  ; gas
;; 19: const_u32 s2, 1                          | 007f  mov eax, 1
;; 20: return s2                                | 0084  add dword ptr [r15 + 8], 8
;;                                              | 0089  ret
;; 21: charge 5                                 | 008a  sub r13, 5  ; gas
;; 22: i32.mul s2, s0, -1                       | 008e  imul eax, r12d, -1
;; 23: return s2                                | 0092  add dword ptr [r15 + 8], 8
;;                                              | 0097  ret
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #8
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;;                                              | 0020  mov x15, x0
;;                                              | 0024  mov x14, x1
;; 0: charge 16 checked                         | 0028  subs x21, x21, #0x10  ; gas
;;                                              | 002c  b.pl 0034
;;                                              | 0030  bl refill
;; 1: br_if i32.lt_u s0, 100 -> 21              | 0034  cmp w15, #0x64
;;                                              | 0038  b.lo 00a4
;; 3: charge 9                                  | 003c  subs x21, x21, #9  ; gas
;; 4: i64.gt_s s2, s1, -5                       | 0040  cmn x14, #5
;;                                              | 0044  cset w0, gt
;; 5: br_if i32.eq s2, 0 -> 21                  | 0048  cmp w0, #0
;;                                              | 004c  b.eq 00a4
;; 7: charge 6                                  | 0050  subs x21, x21, #6  ; gas
;; 8: br_if i32.ne s0, 0 -> 13                  | 0054  cmp w15, #0
;;                                              | 0058  b.ne 0068
;; 10: charge 6                                 | 005c  subs x21, x21, #6  ; gas
;; 11: i32.add s0, s0, 70000                    | 0060  add w15, w15, #0x11, lsl #12
;;                                              | 0064  add w15, w15, #0x170
;; 13: charge 10                                | 0068  subs x21, x21, #0xa  ; gas
;; 14: i64.xor s2, s1, 81985529216486895        | 006c  movz x0, #0xcdef
;;                                              | 0070  movk x0, #0x89ab, lsl #16
;;                                              | 0074  movk x0, #0x4567, lsl #32
;;                                              | 0078  movk x0, #0x123, lsl #48
;;                                              | 007c  eor x1, x14, x0
;; 16: br_if i64.ne s2, s1 -> 21                | 0080  cmp x1, x14
;;                                              | 0084  b.ne 00a4
;; 18: charge 4                                 | 0088  subs x21, x21, #4  ; gas
;; 19: const_u32 s2, 1                          | 008c  movz w0, #0x1
;; 20: return s2                                | 0090  ldr w17, [x19, #8]
;;                                              | 0094  add w17, w17, #8
;;                                              | 0098  str w17, [x19, #8]
;;                                              | 009c  ldr x30, [x23], #8
;;                                              | 00a0  ret
;; 21: charge 5                                 | 00a4  subs x21, x21, #5  ; gas
;; 22: i32.mul s2, s0, -1                       | 00a8  movn w17, #0
;;                                              | 00ac  mul w0, w15, w17
;; 23: return s2                                | 00b0  ldr w17, [x19, #8]
;;                                              | 00b4  add w17, w17, #8
;;                                              | 00b8  str w17, [x19, #8]
;;                                              | 00bc  ldr x30, [x23], #8
;;                                              | 00c0  ret

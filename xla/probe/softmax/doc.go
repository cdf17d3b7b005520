// Package softmax fits multinomial logistic regression to many label sets of the
// same features at once: by preconditioned conjugate gradients, with a
// preconditioner that all label sets share.
//
// # Objective
//
// For features x_i of n examples, the last column a constant 1, labels y_i of K
// classes and weights W [K, d] the objective is
//
//	f(W) = Σ_i −log p_i,y_i + ½ Σ_k w_kᵀΛw_k,   p_i = softmax(W·x_i),
//
// where Λ is λ on the diagonal, but 0 for the constant. Its gradient in w_k is
// Σ_i r_ik·x_i + Λw_k with the residuals r_ik = p_ik − [y_i = k], and its Hessian
// consists of K·K blocks
//
//	H_kl = Σ_i p_ik([k = l] − p_il)·x_ix_iᵀ + [k = l]·Λ.
//
// f is convex, and strictly so but for a constant that all intercepts may share: the
// minimum is the same whatever the path to it.
//
// # One Hessian for all label sets
//
// At W = 0 all p are 1/K, and H does not depend on the labels: for weights that add
// up to 0 over the classes, as gradients do, it is
//
//	M = XᵀX/K + Λ
//
// for every class. Labels that were shuffled can hardly be learned, so the
// probabilities of their fit stay near 1/K and M near H all the way. (Böhning 1992
// fixes a multiple of the same matrix as a bound of H.) So one Cholesky factorization
// M = LLᵀ serves all label sets. It whitens: U = X·L⁻ᵀ has weights V = W·L, with
// the same logits and a Hessian near 1, in which float32 sums are well scaled however
// ill-conditioned the features are. All that follows is in V. M is summed and
// factored in float64.
//
// Two places where H is far from M cost most of the iterations. Where it is greater:
// fits turn to examples of great leverage xᵀM⁻¹x, and while two classes compete for
// one, the loss bends up to K²/4(K−1) times as much as at W = 0. These count twice in
// M, see weigh. Where it is less: a column that few examples carry, as behind a relu
// that is seldom above zero, has a weight that moves the probabilities of just these
// to 0 or 1, and the loss no longer bends there. Steps by M⁻¹ are then a hundred
// times too short; correct adds a diagonal part to M⁻¹ there, by a bound of the
// diagonal of H that the residuals give: |r| ≥ p(1−p).
//
// # One iteration
//
// Nonlinear conjugate gradients (Nocedal and Wright, Numerical Optimization, chapter
// 5), P fits side by side:
//
//	weights V, logits Z = VUᵀ, last step S, gradient before it    iterate.go
//	   │
//	   │ softmax                                                  loss.go
//	   ▼
//	residuals R ─── R·U + penalty ───► gradient g                 first product
//	   │                                   │
//	   └─── |R| bounds p(1−p) ───────────► │ M⁻¹ and corrections  precondition.go
//	                                       ▼
//	                                   G ≈ H⁻¹g ───► ½ g·G: converged?
//	                                       │
//	                                       │ conjugate to S
//	                                       ▼
//	                                   D = G + βS ─── D·Uᵀ ───► its logits, second product
//	                                       │
//	                                       │ line search: α = g·D / D·HD
//	                                       ▼
//	V − αD, Z − αD·Uᵀ, S = −αD, g
//
// The coefficient is β = (g·S − G·y)/(S·y), where y is what S changed the gradient by
// (Perry 1978; Dai and Liao 2001 with t = 1). Where the last line search was exact,
// g·S is 0 and that is Hestenes' and Stiefel's: D is conjugate to S. Logits are linear
// in V, so those of D give D·HD, and the line search is one step of Newton's method
// that needs no other pass over the features. A step that went past the minimum along its line, to
// where f is steeper than at its beginning, is taken back by three quarters.
//
// # When a fit ends
//
// Half the squared Newton decrement, ½ g·H⁻¹g, is the suboptimality f − min f of a
// quadratic f (Boyd and Vandenberghe, Convex Optimization, 9.5). ½ g·G estimates it,
// and a fit ends when that is at most tolerance·f. The estimate is too small where
// G is too short, that is, where f bends less than the preconditioner says; there
// fits are slow too: iterations of conjugate gradients grow with the root of the ratio
// κ of the greatest to the least curvature. The estimate is too small by up to κ, and
// the same suboptimality leaves V as much farther from its place. Each goes with the
// square of the iterations, so the tolerance of a fit falls with their fourth power.
//
// A label set that can be learned, as the real one of a trained network's features,
// moves far from W = 0. It is fitted by itself, and its preconditioner becomes the
// inverse of the blocks H_kk where it stands, see hessian.go: a few factorizations in
// place of a thousand iterations. Suboptimality is estimated by the same ½ g·G.
//
// # Where to begin
//
// New (solver.go) whitens (whiten.go) and finds the rare columns (rare.go). Fit
// (fit.go) keeps P slots busy: iteration (iterate.go) moves all of them at once, a fit
// that has converged leaves, and the next label set takes its slot.
//
// Böhning, D.: Multinomial logistic regression algorithm. Annals of the Institute of
// Statistical Mathematics 44, 1992. Perry, A.: A modified conjugate gradient
// algorithm. Operations Research 26, 1978. Dai, Y. H., Liao, L. Z.: New conjugacy
// conditions and related nonlinear conjugate gradient methods. Applied Mathematics and
// Optimization 43, 2001.
package softmax

// A golf ball on a lawn, a hedge behind it.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x300

#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <0,.9,-5.2> look_at <0,.75,0> angle 42 right x*image_width/image_height }
light_source { <20, 40, -25> rgb 1.25 }
light_source { <-20, 30, -30> rgb .25 shadowless }
sky_sphere { pigment { gradient y color_map { [0 rgb<.75,.85,.95>] [.6 rgb<.25,.45,.85>] } } }
plane { y, 0 pigment { bozo scale .15 color_map { [0 rgb<.08,.22,.04>] [1 rgb<.16,.36,.07>] } } normal { wrinkles 1 scale .03 } }
// Far edge of the fairway: a dark hedge of leaves.
#declare R = seed(7);
#declare I = 0;
union { #while (I < 900)
  sphere { <(rand(R)-.5)*40, rand(R)*5, 22+4*rand(R)>, .4+.5*rand(R) pigment { rgb <.05,.15,.03>*(.5+rand(R)) } }
#declare I = I+1; #end }
// Grass.
#declare Blade = cone { <0,0,0>, .012, <.03,.16,.02>, .003 }
#declare I = 0;
union { #while (I < 16000)
  object { Blade scale <1,.5+rand(R),1> rotate y*360*rand(R) rotate <30*(rand(R)-.5),0,30*(rand(R)-.5)>
    translate <(rand(R)-.5)*9,0,(rand(R)-.45)*9> pigment { rgb <.14,.38,.06>*(.6+.8*rand(R)) } }
#declare I = I+1; #end }
// The ball: dimples cut along a Fibonacci spiral.
#declare N = 330;
#declare Dimples = union { #declare K = 0; #while (K < N)
  #declare Y = 1-2*(K+.5)/N; #declare Rr = sqrt(1-Y*Y); #declare T = K*2.399963;
  sphere { <cos(T)*Rr, Y, sin(T)*Rr>*1.055, .105 }
#declare K = K+1; #end }
difference { sphere { 0, 1 } object { Dimples }
  pigment { rgb .97 } finish { ambient .1 diffuse .75 specular .35 roughness .02 } rotate <20,30,10> scale .72 translate y*.74 }
